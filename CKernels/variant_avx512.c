// AVX-512: a vector is one zmm register; 14 x 2 vectors of sums take 28 of the 32.
#include "variant.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define SMX_F16C 1
#define SMX_MASKS 512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))),              \
                             apply_to = function)
#define SMX_STRIP 14
#define SMX_WIDE 2
#define SMX_WAYS 4
#define SMX_LINES_BYTES (12 << 10)
#include "kernels.inc"
#pragma clang attribute pop

static bool runs_here(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}

SMX_VARIANT(avx512, runs_here);
#endif
