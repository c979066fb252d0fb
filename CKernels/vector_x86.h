// What the vocabulary takes from x86 itself: parts of vectors by masked loads and stores, lookup by a permutation.
// SMX_MASKS is 512 for k registers, 256 for AVX2's vector masks.
#ifndef SMX_VECTOR_X86_H
#define SMX_VECTOR_X86_H

#if SMX_MASKS == 512

SMX_INLINE vf32 load_part_f32(const float *p, size_t count, float fill) {
  return (vf32)_mm512_mask_loadu_ps((__m512)splat_f32(fill), (__mmask16)((1u << count) - 1), p);
}
SMX_INLINE void store_part_f32(float *p, vf32 v, size_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
SMX_INLINE vf64 load_part_f64(const double *p, size_t count, double fill) {
  return (vf64)_mm512_mask_loadu_pd((__m512d)splat_f64(fill), (__mmask8)((1u << count) - 1), p);
}
SMX_INLINE void store_part_f64(double *p, vf64 v, size_t count) {
  _mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)v);
}
SMX_INLINE vi32 lookup_8(const int32_t *table, vi32 index) { // twice the table: the permutation takes 4 bits
  __m512i twice = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)table));
  return (vi32)_mm512_permutexvar_epi32((__m512i)index, twice);
}

#else

// With 16 registers the compiler would rather finish one chain before it begins the next.
#define SMX_IN_STEP(name, V)                                                                                           \
  SMX_INLINE void name(V *v, const size_t ways) {                                                                      \
    SMX_UNROLL                                                                                                         \
    for (size_t k = 0; k < ways; k++) {                                                                                \
      __m256 half[2];                                                                                                  \
      memcpy(half, &v[k], sizeof half);                                                                                \
      __asm__ volatile("" : "+x"(half[0]));                                                                            \
      __asm__ volatile("" : "+x"(half[1]));                                                                            \
      memcpy(&v[k], half, sizeof half);                                                                                \
    }                                                                                                                  \
  }
SMX_IN_STEP(in_step_f32, vf32)
SMX_IN_STEP(in_step_f64, vf64)
#undef SMX_IN_STEP

// Lanes below `count`, of the half that begins at lane `first`.
SMX_INLINE __m256i part_mask_f32(size_t count, int first) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count - first), lanes);
}
SMX_INLINE __m256i part_mask_f64(size_t count, int first) {
  const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x((int64_t)count - first), lanes);
}
SMX_INLINE vf32 load_part_f32(const float *p, size_t count, float fill) {
  __m256i low = part_mask_f32(count, 0), high = part_mask_f32(count, 8);
  __m256 rest = _mm256_set1_ps(fill), v[2];
  v[0] = _mm256_blendv_ps(rest, _mm256_maskload_ps(p, low), (__m256)low);
  v[1] = _mm256_blendv_ps(rest, _mm256_maskload_ps(p + 8, high), (__m256)high);
  return load_f32((const float *)v);
}
SMX_INLINE void store_part_f32(float *p, vf32 v, size_t count) {
  __m256 half[2];
  memcpy(half, &v, sizeof v);
  _mm256_maskstore_ps(p, part_mask_f32(count, 0), half[0]);
  _mm256_maskstore_ps(p + 8, part_mask_f32(count, 8), half[1]);
}
SMX_INLINE vf64 load_part_f64(const double *p, size_t count, double fill) {
  __m256i low = part_mask_f64(count, 0), high = part_mask_f64(count, 4);
  __m256d rest = _mm256_set1_pd(fill), v[2];
  v[0] = _mm256_blendv_pd(rest, _mm256_maskload_pd(p, low), (__m256d)low);
  v[1] = _mm256_blendv_pd(rest, _mm256_maskload_pd(p + 4, high), (__m256d)high);
  return load_f64((const double *)v);
}
SMX_INLINE void store_part_f64(double *p, vf64 v, size_t count) {
  __m256d half[2];
  memcpy(half, &v, sizeof v);
  _mm256_maskstore_pd(p, part_mask_f64(count, 0), half[0]);
  _mm256_maskstore_pd(p + 4, part_mask_f64(count, 4), half[1]);
}
SMX_INLINE vi32 lookup_8(const int32_t *table, vi32 index) {
  __m256i entries = _mm256_loadu_si256((const __m256i *)table), half[2];
  memcpy(half, &index, sizeof index);
  for (int i = 0; i < 2; i++) half[i] = _mm256_permutevar8x32_epi32(entries, half[i]);
  memcpy(&index, half, sizeof index);
  return index;
}

#endif
#endif
