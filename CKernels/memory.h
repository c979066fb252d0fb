// Scratch for drivers. Blocks are cut from one reservation with smx_cut, in cache-line steps.
#ifndef SMX_MEMORY_H
#define SMX_MEMORY_H

#include "smx_kernels.h"

// At least `bytes` of scratch, 64-byte aligned, contents unspecified; NULL when there is no memory. It stays valid until
// the next reservation in the same workspace.
void *smx_workspace_reserve(smx_workspace *workspace, size_t bytes);

static inline size_t smx_round_up(size_t value, size_t step) { return (value + step - 1) / step * step; }

// The scratch of a worker that asks for `bytes`: aligned, and off the cache lines of the next worker's.
static inline size_t smx_per_worker(size_t bytes) { return smx_round_up(bytes, 128) + 128; }

// Takes `bytes` from the front of `*cursor`.
static inline void *smx_cut(char **cursor, size_t bytes) {
  char *block = *cursor;
  *cursor += smx_round_up(bytes, 64);
  return block;
}

// Makes what was written past the caches seen by other threads, if anything was.
static inline void smx_fence(bool streamed) {
#if defined(__x86_64__)
  if (streamed) __builtin_ia32_sfence();
#else
  (void)streamed;
#endif
}

#endif
