// NEON: a vector is four q registers; 6 x 1 vectors of sums take 24 of the 32.
#include "variant.h"
#if defined(__aarch64__)
#include <arm_neon.h>

#define SMX_TBL 1
#define SMX_STRIP 6
#define SMX_WIDE 1
#define SMX_WAYS 2
#define SMX_LINES_BYTES (8 << 10)
#include "kernels.inc"

static bool runs_here(void) { return true; }

SMX_VARIANT(neon, runs_here);
#endif
