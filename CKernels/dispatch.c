#include "variant.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Scalar first, then from slow to quick.
static const smx_variant *const variants[] = {
    &smx_variant_scalar,
#if defined(__x86_64__)
    &smx_variant_avx2,
    &smx_variant_avx512,
#elif defined(__aarch64__)
    &smx_variant_neon,
#endif
};
enum { COUNT = sizeof variants / sizeof *variants };

size_t smx_variant_count(void) { return COUNT; }
const char *smx_variant_name(size_t index) { return variants[index]->name; }
bool smx_variant_runs_here(size_t index) { return variants[index]->runs_here(); }

static smx_status find(const char *name, const smx_variant **found) {
  for (size_t i = 0; i < COUNT; i++)
    if (strcmp(variants[i]->name, name) == 0) {
      *found = variants[i];
      return variants[i]->runs_here() ? SMX_OK : SMX_UNSUPPORTED_VARIANT;
    }
  return SMX_UNKNOWN_VARIANT;
}

const char *smx_variant_asked(void) {
  const char *name = getenv("SMX_VARIANT");
  return name != NULL ? name : "";
}

// The process-wide choice, made on first use: every thread that races to make it makes the same one.
static smx_status process_choice(const smx_variant **chosen) {
  static _Atomic(const smx_variant *) cached;
  const smx_variant *variant = atomic_load_explicit(&cached, memory_order_acquire);
  if (variant == NULL) {
    const char *name = smx_variant_asked();
    if (*name != '\0') {
      smx_status status = find(name, &variant);
      if (status != SMX_OK) return status;
    } else {
      for (size_t i = 0; i < COUNT; i++)
        if (variants[i]->runs_here()) variant = variants[i];
    }
    atomic_store_explicit(&cached, variant, memory_order_release);
  }
  *chosen = variant;
  return SMX_OK;
}

static _Thread_local const smx_variant *selected;

const smx_variant *smx_variant_current(smx_status *status) {
  const smx_variant *variant = selected;
  *status = variant != NULL ? SMX_OK : process_choice(&variant);
  return *status == SMX_OK ? variant : NULL;
}

const char *smx_variant_active(void) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  return variant != NULL ? variant->name : NULL;
}

const char *smx_variant_selected(void) { return selected != NULL ? selected->name : NULL; }

smx_status smx_variant_select(const char *name) {
  const smx_variant *variant = NULL;
  if (name != NULL) {
    smx_status status = find(name, &variant);
    if (status != SMX_OK) return status;
  }
  selected = variant;
  return SMX_OK;
}
