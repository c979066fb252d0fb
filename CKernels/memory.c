#include "memory.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { LINE = 64, HUGE_PAGE = 2 << 20 };

// A first touch of fresh memory costs a page fault for every 4 KiB, more than the kernels that fill it; in huge pages it
// costs one for every 2 MiB.
void *smx_alloc(size_t bytes) {
  void *block = NULL;
  size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : LINE;
  if (bytes > SIZE_MAX - alignment) return NULL;
  if (posix_memalign(&block, alignment, bytes > 0 ? bytes : 1) != 0) return NULL;
#if defined(__linux__)
  if (alignment == HUGE_PAGE) (void)madvise(block, bytes, MADV_HUGEPAGE);
#endif
  return block;
}

void smx_free(void *block) { free(block); }

struct smx_workspace {
  void *block;
  size_t bytes;
};

smx_workspace *smx_workspace_create(void) { return calloc(1, sizeof(smx_workspace)); }

void smx_workspace_destroy(smx_workspace *workspace) {
  if (workspace == NULL) return;
  smx_free(workspace->block);
  free(workspace);
}

size_t smx_workspace_bytes(const smx_workspace *workspace) { return workspace->bytes; }

void *smx_workspace_reserve(smx_workspace *workspace, size_t bytes) {
  if (workspace->bytes < bytes) {
    smx_free(workspace->block);
    workspace->block = smx_alloc(bytes);
    workspace->bytes = workspace->block != NULL ? bytes : 0;
  }
  return workspace->block;
}
