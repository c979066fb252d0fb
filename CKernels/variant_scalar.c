// The definition: whatever the compiler's baseline is. Every other variant must give the same bits.
#include "variant.h"

#define SMX_STRIP 2
#define SMX_WIDE 1
#define SMX_WAYS 1
#define SMX_LINES_BYTES (8 << 10)
#include "kernels.inc"

static bool runs_here(void) { return true; }

SMX_VARIANT(scalar, runs_here);
