// exp, log, log1p and tanh on vectors, with explicit FMA only: the same bits from every instruction set. Errors are in ULP of
// the result, found over every float (F32) and by dense sampling (F64) by `make accuracy`.
//
// exp: n = round(x / ln 2), r = x - n ln 2 in two FMAs, e^r = 1 + r + r^2 q(r), scaled by 2^n. The rounding to n is an
// addition of 1.5 * 2^(mantissa bits): the sum's low bits are n, ready to be shifted into an exponent. Results below the
// normal range are scaled in two steps of which only the last rounds, so denormals are correct.
// Coefficients: docs/coefficients.py.
#ifndef SMX_VMATH_H
#define SMX_VMATH_H

#include "vector.h"

// (e^r - 1 - r) / r^2 and r for |r| <= ln2 / 2, with x = n ln2 + r; *bits gets n + bias in its low bits. NaN stays NaN.
// Estrin's order: the chain of dependent steps, not their number, is what bounds a loop of these.
SMX_INLINE vf32 exp_tail_f32(vf32 x, int32_t bias, vi32 *bits, vf32 *rest) {
  const vf32 magic = splat_f32(0x1.8p23f + (float)bias);
  vf32 t = fma_f32(x, splat_f32(0x1.715476p+0f), magic);
  vf32 n = t - magic;
  vf32 r = fma_f32(n, splat_f32(-0x1.62e43p-1f), x);
  r = fma_f32(n, splat_f32(0x1.05c61p-29f), r);
  vf32 r2 = r * r;
  vf32 low = fma_f32(splat_f32(0x1.55548ep-3f), r, splat_f32(0x1.fffff8p-2f));
  vf32 high = fma_f32(splat_f32(0x1.123bdep-7f), r, splat_f32(0x1.555b98p-5f));
  high = fma_f32(splat_f32(0x1.685188p-10f), r2, high);
  *bits = (vi32)t;
  *rest = r;
  return fma_f32(high, r2, low);
}

// (e^r - 1) / r, otherwise as above.
SMX_INLINE vf32 exp_core_f32(vf32 x, int32_t bias, vi32 *bits, vf32 *rest) {
  vf32 tail = exp_tail_f32(x, bias, bits, rest);
  return fma_f32(tail, *rest, splat_f32(1.0f));
}

// 2^40 exp(x) for x <= 0, -inf or NaN. Error <= 1 ULP. Scaled, nothing down to exp(x) = 2^-149 leaves the normal
// range: a sum of these loses nothing, and the product with a coefficient times 2^-40 is the only rounding of a denormal
// result.
#define SMX_EXP_SCALE_f32 0x1p40f
SMX_INLINE vf32 exp_scaled_f32(vf32 x) {
  vi32 bits;
  vf32 r;
  x = select_f32(splat_f32(-110.0f) > x, splat_f32(-110.0f), x);
  vf32 slope = exp_core_f32(x, 127 + 40, &bits, &r);
  vf32 power = (vf32)(bits << 23); // 2^(n + 40), n in -159 ... 0
  return fma_f32(slope, r * power, power);
}

// exp(x) for any x. Error <= 1 ULP.
SMX_INLINE vf32 exp_f32(vf32 x) {
  vi32 bits;
  vf32 r;
  vf32 clamped = select_f32(splat_f32(-110.0f) > x, splat_f32(-110.0f), x);
  clamped = select_f32(clamped > splat_f32(90.0f), splat_f32(90.0f), clamped);
  vf32 slope = exp_core_f32(clamped, 0, &bits, &r);
  vf32 p = fma_f32(slope, r, splat_f32(1.0f));
  vi32 n = bits - (vi32)splat_f32(0x1.8p23f);
  vi32 half = n >> 1;
  vf32 first = (vf32)((half + 127) << 23), second = (vf32)((n - half + 127) << 23);
  return p * first * second;
}

// e^r - 1 - r, the rest as above.
SMX_INLINE vf64 exp_tail_f64(vf64 x, int64_t bias, vi64 *bits, vf64 *rest) {
  const vf64 magic = splat_f64(0x1.8p52 + (double)bias);
  vf64 t = fma_f64(x, splat_f64(0x1.71547652b82fep+0), magic);
  vf64 n = t - magic;
  vf64 r = fma_f64(n, splat_f64(-0x1.62e42fefa39efp-1), x);
  r = fma_f64(n, splat_f64(-0x1.abc9e3b39803fp-56), r);
  vf64 r2 = r * r, r4 = r2 * r2;
  vf64 a = fma_f64(splat_f64(0x1.5555555555555p-3), r, splat_f64(0x1p-1));
  vf64 b = fma_f64(splat_f64(0x1.111111111553cp-7), r, splat_f64(0x1.55555555530d9p-5));
  vf64 c = fma_f64(splat_f64(0x1.a01a017dc2b88p-13), r, splat_f64(0x1.6c16c17d1aa56p-10));
  vf64 d = fma_f64(splat_f64(0x1.71de857382756p-19), r, splat_f64(0x1.a019aa2bd9069p-16));
  vf64 e = fma_f64(splat_f64(0x1.ae5cc1dca8dc7p-26), r, splat_f64(0x1.28a07deea18f5p-22));
  vf64 q = fma_f64(fma_f64(e, r4, fma_f64(d, r2, c)), r4, fma_f64(b, r2, a));
  *bits = (vi64)t;
  *rest = r;
  return q * r2;
}

// e^r, the sum with what 1 + r loses: the reduction's and the last rounding are then all that counts.
SMX_INLINE vf64 exp_core_f64(vf64 x, int64_t bias, vi64 *bits) {
  vf64 r, tail = exp_tail_f64(x, bias, bits, &r), high = splat_f64(1.0) + r;
  return high + (((splat_f64(1.0) - high) + r) + tail);
}

// 2^100 exp(x) for x <= 0, -inf or NaN. Error <= 1 ULP.
#define SMX_EXP_SCALE_f64 0x1p100
SMX_INLINE vf64 exp_scaled_f64(vf64 x) {
  vi64 bits;
  x = select_f64(splat_f64(-750.0) > x, splat_f64(-750.0), x);
  vf64 p = exp_core_f64(x, 1023 + 100, &bits);
  return p * (vf64)(bits << 52); // 2^(n + 100), n in -1083 ... 0
}

// exp(x) for any x. Error <= 1 ULP.
SMX_INLINE vf64 exp_f64(vf64 x) {
  vi64 bits;
  vf64 clamped = select_f64(splat_f64(-750.0) > x, splat_f64(-750.0), x);
  clamped = select_f64(clamped > splat_f64(710.0), splat_f64(710.0), clamped);
  vf64 p = exp_core_f64(clamped, 0, &bits);
  vi64 n = bits - (vi64)splat_f64(0x1.8p52);
  vi64 up = n > 0; // -1 where n > 0: one factor of 2 is kept back, for 2^1024 is no double
  vf64 first = (vf64)((n + up + 1023) << 52);
  // Below the normal range: 2^(n + 100), then 2^-100.
  vi64 low = n < -1000;
  first = select_f64(low, (vf64)((n + 100 + 1023) << 52), first);
  vf64 second = select_f64(low, splat_f64(0x1p-100), select_f64(up, splat_f64(2.0), splat_f64(1.0)));
  return p * first * second;
}

// log(m 2^k) + c / m for m in [sqrt(1/2), sqrt(2)), f = m - 1 exact: with s = f / (2 + f) and z = s^2,
// log(1 + f) = f - (f^2/2 - s (f^2/2 + z q(z))).
SMX_INLINE vf64 log_core(vf64 f, vf64 k, vf64 c) {
  vf64 s = f / (splat_f64(2.0) + f);
  vf64 z = s * s;
  vf64 q = splat_f64(0x1.2ec887d8f318bp-3);
  q = fma_f64(q, z, splat_f64(0x1.39a82820d3c06p-3));
  q = fma_f64(q, z, splat_f64(0x1.7465fa95949b1p-3));
  q = fma_f64(q, z, splat_f64(0x1.c71c537176605p-3));
  q = fma_f64(q, z, splat_f64(0x1.249249400baa9p-2));
  q = fma_f64(q, z, splat_f64(0x1.999999998240fp-2));
  q = fma_f64(q, z, splat_f64(0x1.555555555558ap-1));
  vf64 half = splat_f64(0.5) * f * f;
  vf64 tail = s * fma_f64(z, q, half);
  vf64 low = fma_f64(k, splat_f64(0x1.a39ef35793c76p-33), c); // ln2 = the short head + this
  return fma_f64(k, splat_f64(0x1.62e42feep-1), f - (half - (tail + low)));
}

// Splits a positive normal u into m 2^k with m in [sqrt(1/2), sqrt(2)).
SMX_INLINE vf64 split_exponent(vf64 u, vf64 *k) {
  vi64 bits = (vi64)u + (0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
  vi64 e = (bits >> 52) - 1023;
  *k = __builtin_convertvector(e, vf64);
  return (vf64)((bits & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
}

// log(1 + x) for x >= -1, +inf or NaN; NaN below -1. Error <= 1 ULP.
SMX_INLINE vf64 log1p_f64(vf64 x) {
  vf64 u = splat_f64(1.0) + x;
  vf64 k, m = split_exponent(u, &k);
  vi64 near = k == splat_f64(0.0); // 1 + x in [sqrt(1/2), sqrt(2)): f is x itself
  // What rounding 1 + x lost, relative to u.
  vf64 lost = select_f64(u > splat_f64(2.0), splat_f64(1.0) - (u - x), x - (u - splat_f64(1.0)));
  vf64 c = select_f64(near | (u > splat_f64(0x1p60)), splat_f64(0.0), lost / u);
  vf64 y = log_core(select_f64(near, x, m - splat_f64(1.0)), k, c);
  y = select_f64(u == splat_f64(0.0), splat_f64(-__builtin_inf()), y);
  y = select_f64(u == splat_f64(__builtin_inf()), u, y);
  y = select_f64(x == splat_f64(0.0), x, y);
  return select_f64((u < splat_f64(0.0)) | (x != x), splat_f64(__builtin_nan("")), y);
}

// log(x); -inf at 0, NaN below and at NaN. Error <= 1 ULP.
SMX_INLINE vf64 log_f64(vf64 x) {
  vi64 small = x < splat_f64(0x1p-1022);
  vf64 u = select_f64(small, x * splat_f64(0x1p54), x);
  vf64 k, m = split_exponent(u, &k);
  k = select_f64(small, k - splat_f64(54.0), k);
  vf64 y = log_core(m - splat_f64(1.0), k, splat_f64(0.0));
  y = select_f64(x == splat_f64(0.0), splat_f64(-__builtin_inf()), y);
  y = select_f64(x == splat_f64(__builtin_inf()), x, y);
  return select_f64((x < splat_f64(0.0)) | (x != x), splat_f64(__builtin_nan("")), y);
}

// In F32 the logarithms are those of F64, rounded: correct to 0.501 ULP.
SMX_INLINE vf32 log1p_f32(vf32 x) { return narrow(log1p_f64(widen_low(x)), log1p_f64(widen_high(x))); }
SMX_INLINE vf32 log_f32(vf32 x) { return narrow(log_f64(widen_low(x)), log_f64(widen_high(x))); }

// tanh(x) = m / (m + 2) with m = e^(2|x|) - 1 = 2^n (e^r - 1) + (2^n - 1), and the sign of x. Beyond the clamp it is 1.
// NaN stays NaN.
#define SMX_DEFINE_TANH(S, V, VI, SIGN, CLAMP, EXPM1)                                                                  \
  SMX_INLINE V tanh_##S(V x) {                                                                                         \
    VI bits, sign = (VI)x & SIGN;                                                                                      \
    V a = (V)((VI)x & ~SIGN);                                                                                          \
    a = select_##S(a > splat_##S(CLAMP), splat_##S(CLAMP), a);                                                         \
    V power, t = EXPM1(a + a, &bits, &power);                                                                          \
    V m = fma_##S(t, power, power - splat_##S(1));                                                                     \
    return (V)((VI)(m / (m + splat_##S(2))) | sign);                                                                   \
  }

// e^r - 1 and 2^n.
SMX_INLINE vf32 exp_less_1_f32(vf32 x, vi32 *bits, vf32 *power) {
  vf32 r, tail = exp_tail_f32(x, 127, bits, &r);
  *power = (vf32)(*bits << 23);
  return fma_f32(tail * r, r, r);
}
SMX_INLINE vf64 exp_less_1_f64(vf64 x, vi64 *bits, vf64 *power) {
  vf64 r, tail = exp_tail_f64(x, 1023, bits, &r);
  *power = (vf64)(*bits << 52);
  return r + tail;
}

// Error <= 3 ULP.
SMX_DEFINE_TANH(f32, vf32, vi32, INT32_MIN, 10.0f, exp_less_1_f32)
SMX_DEFINE_TANH(f64, vf64, vi64, INT64_MIN, 20.0, exp_less_1_f64)

#endif
