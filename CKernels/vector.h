// The vector vocabulary, written once and compiled for each instruction set (included inside a target region).
//
// A vector is 64 bytes whatever the machine: one zmm, two ymm, four q registers, or 16 scalars. That fixes the order of
// every reduction (element i goes to lane i mod LANES, lanes are folded by halves), hence the bits of every result.
#ifndef SMX_VECTOR_H
#define SMX_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wpsabi" // wide vectors by value: only between functions that are always inlined
#pragma STDC FP_CONTRACT OFF               // an FMA is where the text says fma, in every variant

#define SMX_INLINE static inline __attribute__((always_inline))
#define SMX_UNROLL _Pragma("clang loop unroll(full)") // an array that is to live in registers needs every index known

typedef float vf32 __attribute__((vector_size(64)));
typedef int32_t vi32 __attribute__((vector_size(64)));
typedef double vf64 __attribute__((vector_size(64)));
typedef int64_t vi64 __attribute__((vector_size(64)));
typedef uint16_t vu16 __attribute__((vector_size(32)));
typedef uint16_t vu16w __attribute__((vector_size(64))); // two of those, side by side
typedef float vf32h __attribute__((vector_size(32)));    // half a vector: 8 floats, as wide as vf64 has lanes

// Copies `bytes` < 64, a multiple of 2, in pieces of known size.
SMX_INLINE void copy_part(void *to_, const void *from_, size_t bytes) {
  char *to = to_;
  const char *from = from_;
  if (bytes & 32) memcpy(to, from, 32), to += 32, from += 32;
  if (bytes & 16) memcpy(to, from, 16), to += 16, from += 16;
  if (bytes & 8) memcpy(to, from, 8), to += 8, from += 8;
  if (bytes & 4) memcpy(to, from, 4), to += 4, from += 4;
  if (bytes & 2) memcpy(to, from, 2);
}

#define SMX_DEFINE_VECTOR(S, T, V, VI, I)                                                                              \
  SMX_INLINE V splat_##S(T x) { return x - (V){}; } /* exact for -0 too */                                             \
  SMX_INLINE V load_##S(const T *p) {                                                                                  \
    V v;                                                                                                               \
    memcpy(&v, p, sizeof v);                                                                                           \
    return v;                                                                                                          \
  }                                                                                                                    \
  SMX_INLINE void store_##S(T *p, V v) { memcpy(p, &v, sizeof v); }                                                    \
  SMX_INLINE V select_##S(VI m, V a, V b) { return (V)(((VI)a & m) | ((VI)b & ~m)); }                                  \
  SMX_INLINE V fma_##S(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }                                   \
  /* the larger; a when b is NaN */                                                                                    \
  SMX_INLINE V max_##S(V a, V b) { return select_##S(b > a, b, a); }

SMX_DEFINE_VECTOR(f32, float, vf32, vi32, int32_t)
SMX_DEFINE_VECTOR(f64, double, vf64, vi64, int64_t)

// Parts of vectors: the first `count` lanes, at most all of them, from memory and the others `fill`; and back to memory.
// Lookup: table[index & 7], lane by lane. In step: asks that what the chains in v[0 ..< ways] have come to be computed by
// here, in this order; nothing where registers abound.
#ifdef SMX_MASKS
#include "vector_x86.h"
#else
#define SMX_DEFINE_PARTS(S, T, V)                                                                                      \
  SMX_INLINE V load_part_##S(const T *p, size_t count, T fill) {                                                       \
    V v = splat_##S(fill);                                                                                             \
    if (count == sizeof v / sizeof(T)) memcpy(&v, p, sizeof v);                                                        \
    else copy_part(&v, p, count * sizeof(T));                                                                          \
    return v;                                                                                                          \
  }                                                                                                                    \
  SMX_INLINE void store_part_##S(T *p, V v, size_t count) {                                                            \
    if (count == sizeof v / sizeof(T)) memcpy(p, &v, sizeof v);                                                        \
    else copy_part(p, &v, count * sizeof(T));                                                                          \
  }
SMX_DEFINE_PARTS(f32, float, vf32)
SMX_DEFINE_PARTS(f64, double, vf64)
#ifdef SMX_TBL
#include "vector_neon.h"
#else
SMX_INLINE vi32 lookup_8(const int32_t *table, vi32 index) {
  vi32 v;
  for (int i = 0; i < 16; i++) v[i] = table[index[i] & 7];
  return v;
}
#endif
#endif
#if SMX_MASKS != 256
SMX_INLINE void in_step_f32(vf32 *v, const size_t ways) { (void)v, (void)ways; }
SMX_INLINE void in_step_f64(vf64 *v, const size_t ways) { (void)v, (void)ways; }
#endif

SMX_INLINE float fold_sum_f32(vf32 v) {
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3);
  v += __builtin_shufflevector(v, v, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  return v[0];
}

SMX_INLINE double fold_sum_f64(vf64 v) {
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3);
  v += __builtin_shufflevector(v, v, 1, 1, 1, 1, 1, 1, 1, 1);
  return v[0];
}

SMX_INLINE float fold_max_f32(vf32 v) {
  v = max_f32(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
  v = max_f32(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7));
  v = max_f32(v, __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3));
  v = max_f32(v, __builtin_shufflevector(v, v, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
  return v[0];
}

SMX_INLINE double fold_max_f64(vf64 v) {
  v = max_f64(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7));
  v = max_f64(v, __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3));
  v = max_f64(v, __builtin_shufflevector(v, v, 1, 1, 1, 1, 1, 1, 1, 1));
  return v[0];
}

// The number of hits in a count vector that holds minus one for each.
SMX_INLINE int64_t fold_count_f32(vi32 v) {
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3);
  return -(int64_t)(v[0] + v[1]);
}

SMX_INLINE int64_t fold_count_f64(vi64 v) {
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3);
  return -(v[0] + v[1]);
}

SMX_INLINE vf64 widen_low(vf32 v) {
  return __builtin_convertvector(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), vf64);
}
SMX_INLINE vf64 widen_high(vf32 v) {
  return __builtin_convertvector(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), vf64);
}
SMX_INLINE vf32 narrow(vf64 low, vf64 high) {
  vf32h l = __builtin_convertvector(low, vf32h), h = __builtin_convertvector(high, vf32h);
  return __builtin_shufflevector(l, h, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// 8 elements as doubles and back; `count` of them are in memory, the others 0.
SMX_INLINE vf64 load_wide_f32(const float *p, size_t count) {
  vf32h v = {0};
  if (count == 8) memcpy(&v, p, sizeof v);
  else copy_part(&v, p, count * sizeof(float));
  return __builtin_convertvector(v, vf64);
}
SMX_INLINE void store_narrow_f32(float *p, vf64 x, size_t count) {
  vf32h v = __builtin_convertvector(x, vf32h);
  if (count == 8) memcpy(p, &v, sizeof v);
  else copy_part(p, &v, count * sizeof(float));
}
SMX_INLINE vf64 load_wide_f64(const double *p, size_t count) { return load_part_f64(p, count, 0); }
SMX_INLINE void store_narrow_f64(double *p, vf64 x, size_t count) { store_part_f64(p, x, count); }

#endif
