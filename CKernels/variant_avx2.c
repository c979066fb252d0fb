// AVX2 with FMA and F16C: a vector is two ymm registers; 6 x 1 vectors of sums take 12 of the 16.
#include "variant.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define SMX_F16C 1
#define SMX_MASKS 256
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define SMX_STRIP 6
#define SMX_WIDE 1
#define SMX_WAYS 2
#define SMX_LINES_BYTES (8 << 10)
#include "kernels.inc"
#pragma clang attribute pop

static bool runs_here(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

SMX_VARIANT(avx2, runs_here);
#endif
