// Stands in for the compiler's header where variant_avx512.c is compiled for a processor without AVX-512: the few
// instructions that the vocabulary names, lane by lane. All else it says in vectors of 64 bytes, which any processor has.
#pragma GCC system_header
#include_next <immintrin.h>

typedef int elsewhere_lanes __attribute__((vector_size(64)));

static inline __m512 elsewhere_load_ps(__m512 v, __mmask16 mask, const float *p) {
  for (int i = 0; i < 16; i++)
    if (mask >> i & 1) v[i] = p[i];
  return v;
}
static inline void elsewhere_store_ps(float *p, __mmask16 mask, __m512 v) {
  for (int i = 0; i < 16; i++)
    if (mask >> i & 1) p[i] = v[i];
}
static inline __m512d elsewhere_load_pd(__m512d v, __mmask8 mask, const double *p) {
  for (int i = 0; i < 8; i++)
    if (mask >> i & 1) v[i] = p[i];
  return v;
}
static inline void elsewhere_store_pd(double *p, __mmask8 mask, __m512d v) {
  for (int i = 0; i < 8; i++)
    if (mask >> i & 1) p[i] = v[i];
}
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
