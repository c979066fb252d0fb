// Stands in for the compiler's header where variant_avx512.c is compiled for a processor without AVX-512: the few
// instructions that the vocabulary names, lane by lane. All else it says in vectors of 64 bytes, which any processor has.
#pragma GCC system_header
#include_next <immintrin.h>

typedef int elsewhere_lanes __attribute__((vector_size(64)));

#define ELSEWHERE_PARTS(S, T, V, MASK, LANES)                                                                          \
  static inline V elsewhere_load_##S(V v, MASK mask, const T *p) {                                                     \
    for (int i = 0; i < LANES; i++)                                                                                    \
      if (mask >> i & 1) v[i] = p[i];                                                                                  \
    return v;                                                                                                          \
  }                                                                                                                    \
  static inline void elsewhere_store_##S(T *p, MASK mask, V v) {                                                       \
    for (int i = 0; i < LANES; i++)                                                                                    \
      if (mask >> i & 1) p[i] = v[i];                                                                                  \
  }
ELSEWHERE_PARTS(ps, float, __m512, __mmask16, 16)
ELSEWHERE_PARTS(pd, double, __m512d, __mmask8, 8)

static inline __m512i elsewhere_permute(__m512i index_, __m512i v_) {
  elsewhere_lanes index = (elsewhere_lanes)index_, v = (elsewhere_lanes)v_;
  for (int i = 0; i < 16; i++) index[i] = v[index[i] & 15];
  return (__m512i)index;
}

#define _mm512_mask_loadu_ps elsewhere_load_ps
#define _mm512_mask_storeu_ps elsewhere_store_ps
#define _mm512_mask_loadu_pd elsewhere_load_pd
#define _mm512_mask_storeu_pd elsewhere_store_pd
#define _mm512_broadcast_i64x4(v) __builtin_shufflevector(v, v, 0, 1, 2, 3, 0, 1, 2, 3)
#define _mm512_permutexvar_epi32 elsewhere_permute
