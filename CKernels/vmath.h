// exp, log, log1p and tanh on vectors, with explicit FMA only: the same bits from every instruction set. Errors are in ULP of
// the result, found over every float (F32) and by dense sampling (F64) by `make accuracy`.
//
// exp, F32: n = x / ln 2 rounded to eighths, r = x - n ln 2 in two FMAs, e^x = 2^n + (2^n r) p(r), where 2^n is a table's
// entry for the last 3 bits of 8 n and the others of its bits added to the exponent: few operations, and a short chain of
// them. F64: n rounded to an integer, e^r = 1 + r + r^2 q(r), scaled by 2^n. The rounding to n is an addition of 1.5 * 2^52
// (2^20 for eighths): the sum's low bits are n, ready to be shifted into an exponent. Results below the normal range are
// scaled in two steps of which only the last rounds, so denormals are correct.
// Coefficients: docs/coefficients.py.
#ifndef SMX_VMATH_H
#define SMX_VMATH_H

#include "vector.h"

enum { SMX_MOST_WAYS = 4 };

// The loops over `ways` vectors put independent chains side by side: one chain alone waits for each of its steps.
#define SMX_EACH(k, ways) SMX_UNROLL for (size_t k = 0; k < (ways); k++)

// 2^bias exp(x), in place, where it is normal; bias is an integer. Error <= 1 ULP.
SMX_INLINE void exp_core_f32(vf32 *x, vf32 bias, const size_t ways) {
  static const int32_t powers[8] = {0x3f800000, 0x3f7b95c2, 0x3f7837f0, 0x3f75fed7, // 2^(j / 8), bits less j << 20
                                    0x3f7504f3, 0x3f75672a, 0x3f7744fd, 0x3f7ac0c7};
  const vf32 magic = splat_f32(0x1.8p20f) + bias;
  vf32 t[SMX_MOST_WAYS], p[SMX_MOST_WAYS], power[SMX_MOST_WAYS];
  SMX_EACH(k, ways) t[k] = fma_f32(x[k], splat_f32(0x1.715476p+0f), magic);
  SMX_EACH(k, ways) power[k] = (vf32)(lookup_8(powers, (vi32)t[k]) + ((vi32)t[k] << 20));
  SMX_EACH(k, ways) t[k] = t[k] - magic;
  SMX_EACH(k, ways) x[k] = fma_f32(t[k], splat_f32(-0x1.62e43p-1f), x[k]);
  SMX_EACH(k, ways) x[k] = fma_f32(t[k], splat_f32(0x1.05c61p-29f), x[k]);
  in_step_f32(x, ways);
  SMX_EACH(k, ways) p[k] = fma_f32(splat_f32(0x1.55589ep-5f), x[k], splat_f32(0x1.555c84p-3f));
  SMX_EACH(k, ways) p[k] = fma_f32(p[k], x[k], splat_f32(0.5f));
  SMX_EACH(k, ways) p[k] = fma_f32(p[k], x[k], splat_f32(1.0f));
  in_step_f32(p, ways);
  SMX_EACH(k, ways) x[k] = fma_f32(power[k] * x[k], p[k], power[k]);
}

// 2^40 exp(x) for x <= 0, -inf or NaN, in place. Error <= 1 ULP down to x = -115, where exp(x) is far below what rounds to
// 0; 0 at -inf and below the clamp, 167 ln 2, for there 2^(n + 40) has no exponent bit left. Scaled, nothing down to
// exp(x) = 2^-149 leaves the normal range: a sum of these loses nothing, and the product with a coefficient times 2^-40 is
// the only rounding of a denormal result.
#define SMX_EXP_SCALE_f32 0x1p40f
SMX_INLINE void exp_scaled_each_f32(vf32 *x, const size_t ways) {
  const vf32 least = splat_f32(-0x1.cf05b6p+6f);
  SMX_EACH(k, ways) x[k] = select_f32(least > x[k], least, x[k]);
  exp_core_f32(x, splat_f32(40), ways);
}

// exp(x) for any x. Error <= 1 ULP.
SMX_INLINE vf32 exp_f32(vf32 x) {
  x = select_f32(splat_f32(-110.0f) > x, splat_f32(-110.0f), x);
  x = select_f32(x > splat_f32(90.0f), splat_f32(90.0f), x);
  vi32 up = x > splat_f32(0);
  exp_core_f32(&x, select_f32(up, splat_f32(-40), splat_f32(40)), 1);
  return x * select_f32(up, splat_f32(0x1p40f), splat_f32(0x1p-40f));
}

// x = n ln2 + r with |r| <= ln2 / 2: r in place of x, n + bias in the low bits of *bits, and e^r - 1 - r.
SMX_INLINE void exp_tail_f64(vf64 *x, int64_t bias, vi64 *bits, vf64 *tail, const size_t ways) {
  const vf64 magic = splat_f64(0x1.8p52 + (double)bias);
  vf64 t[SMX_MOST_WAYS];
  SMX_EACH(k, ways) t[k] = fma_f64(x[k], splat_f64(0x1.71547652b82fep+0), magic);
  SMX_EACH(k, ways) tail[k] = t[k] - magic;
  SMX_EACH(k, ways) x[k] = fma_f64(tail[k], splat_f64(-0x1.62e42fefa39efp-1), x[k]);
  SMX_EACH(k, ways) x[k] = fma_f64(tail[k], splat_f64(-0x1.abc9e3b39803fp-56), x[k]);
  in_step_f64(x, ways);
  SMX_EACH(k, ways) tail[k] = fma_f64(splat_f64(0x1.ae5cc1dca8dc7p-26), x[k], splat_f64(0x1.28a07deea18f5p-22));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.71de857382756p-19));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.a019aa2bd9069p-16));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.a01a017dc2b88p-13));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.6c16c17d1aa56p-10));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.111111111553cp-7));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.55555555530d9p-5));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1.5555555555555p-3));
  SMX_EACH(k, ways) tail[k] = fma_f64(tail[k], x[k], splat_f64(0x1p-1));
  in_step_f64(tail, ways);
  SMX_EACH(k, ways) tail[k] = tail[k] * (x[k] * x[k]);
  SMX_EACH(k, ways) bits[k] = (vi64)t[k];
}

// e^r, the sum with what 1 + r loses: the reduction's and the last rounding are then all that counts.
SMX_INLINE void exp_core_f64(vf64 *x, int64_t bias, vi64 *bits, vf64 *power, const size_t ways) {
  const vf64 one = splat_f64(1.0);
  exp_tail_f64(x, bias, bits, power, ways);
  SMX_EACH(k, ways) {
    vf64 high = one + x[k];
    power[k] = high + (((one - high) + x[k]) + power[k]);
  }
}

// 2^100 exp(x) for x <= 0, -inf or NaN, in place. Error <= 1 ULP down to x = -777; 0 at -inf and below the clamp, 1123 ln 2.
#define SMX_EXP_SCALE_f64 0x1p100
SMX_INLINE void exp_scaled_each_f64(vf64 *x, const size_t ways) {
  vi64 bits[SMX_MOST_WAYS];
  vf64 power[SMX_MOST_WAYS];
  const vf64 least = splat_f64(-0x1.8533bf920eb09p+9);
  SMX_EACH(k, ways) x[k] = select_f64(least > x[k], least, x[k]);
  exp_core_f64(x, 1023 + 100, bits, power, ways);
  SMX_EACH(k, ways) x[k] = power[k] * (vf64)(bits[k] << 52); // 2^(n + 100), n in -1123 ... 0
}

// exp(x) for any x. Error <= 1 ULP.
SMX_INLINE vf64 exp_f64(vf64 x) {
  vi64 bits;
  vf64 power;
  x = select_f64(splat_f64(-750.0) > x, splat_f64(-750.0), x);
  x = select_f64(x > splat_f64(710.0), splat_f64(710.0), x);
  exp_core_f64(&x, 0, &bits, &power, 1);
  vi64 n = bits - (vi64)splat_f64(0x1.8p52);
  vi64 up = n > 0; // -1 where n > 0: one factor of 2 is kept back, for 2^1024 is no double
  vf64 first = (vf64)((n + up + 1023) << 52);
  // Below the normal range: 2^(n + 100), then 2^-100.
  vi64 low = n < -1000;
  first = select_f64(low, (vf64)((n + 100 + 1023) << 52), first);
  vf64 second = select_f64(low, splat_f64(0x1p-100), select_f64(up, splat_f64(2.0), splat_f64(1.0)));
  return power * first * second;
}

SMX_INLINE vf32 exp_scaled_f32(vf32 x) {
  exp_scaled_each_f32(&x, 1);
  return x;
}
SMX_INLINE vf64 exp_scaled_f64(vf64 x) {
  exp_scaled_each_f64(&x, 1);
  return x;
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

// log(1 + x) for x >= -1, +inf or NaN; NaN below -1. Error <= 1 ULP if what rounding 1 + x loses is put back, else 2^-52.
SMX_INLINE vf64 log1p_of(vf64 x, const bool put_back) {
  vf64 u = splat_f64(1.0) + x;
  vf64 k, m = split_exponent(u, &k), c = {0};
  vi64 near = k == splat_f64(0.0); // 1 + x in [sqrt(1/2), sqrt(2)): f is x itself
  if (put_back) {                  // the loss relative to u
    vf64 lost = select_f64(u > splat_f64(2.0), splat_f64(1.0) - (u - x), x - (u - splat_f64(1.0)));
    c = select_f64(near | (u > splat_f64(0x1p60)), splat_f64(0.0), lost / u);
  }
  vf64 y = log_core(select_f64(near, x, m - splat_f64(1.0)), k, c);
  y = select_f64(u == splat_f64(0.0), splat_f64(-__builtin_inf()), y);
  y = select_f64(u == splat_f64(__builtin_inf()), u, y);
  y = select_f64(x == splat_f64(0.0), x, y);
  return select_f64((u < splat_f64(0.0)) | (x != x), splat_f64(__builtin_nan("")), y);
}
SMX_INLINE vf64 log1p_f64(vf64 x) { return log1p_of(x, true); }

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
SMX_INLINE vf32 log1p_f32(vf32 x) { return narrow(log1p_of(widen_low(x), false), log1p_of(widen_high(x), false)); }
SMX_INLINE vf32 log_f32(vf32 x) { return narrow(log_f64(widen_low(x)), log_f64(widen_high(x))); }

// tanh(x) = m / (m + 2) with m = e^(2|x|) - 1 = 2^n (e^r - 1) + (2^n - 1), and the sign of x. Beyond the clamp it is 1.
// NaN stays NaN.
#define SMX_DEFINE_TANH(S, V, VI, SIGN, CLAMP, EXPM1)                                                                  \
  SMX_INLINE V tanh_##S(V x) {                                                                                         \
    VI sign = (VI)x & SIGN;                                                                                            \
    V a = (V)((VI)x & ~SIGN);                                                                                          \
    a = select_##S(a > splat_##S(CLAMP), splat_##S(CLAMP), a);                                                         \
    V power, t = EXPM1(a + a, &power);                                                                                 \
    V m = fma_##S(t, power, power - splat_##S(1));                                                                     \
    return (V)((VI)(m / (m + splat_##S(2))) | sign);                                                                   \
  }

// e^r - 1 and 2^n, where x = n ln2 + r with |r| <= ln2 / 2.
SMX_INLINE vf32 exp_less_1_f32(vf32 x, vf32 *power) {
  const vf32 magic = splat_f32(0x1.8p23f + 127);
  vf32 t = fma_f32(x, splat_f32(0x1.715476p+0f), magic), n = t - magic;
  x = fma_f32(n, splat_f32(-0x1.62e43p-1f), x);
  x = fma_f32(n, splat_f32(0x1.05c61p-29f), x);
  vf32 tail = fma_f32(splat_f32(0x1.685188p-10f), x, splat_f32(0x1.123bdep-7f));
  tail = fma_f32(tail, x, splat_f32(0x1.555b98p-5f));
  tail = fma_f32(tail, x, splat_f32(0x1.55548ep-3f));
  tail = fma_f32(tail, x, splat_f32(0x1.fffff8p-2f));
  *power = (vf32)((vi32)t << 23);
  return fma_f32(tail * x, x, x);
}
SMX_INLINE vf64 exp_less_1_f64(vf64 x, vf64 *power) {
  vi64 bits;
  vf64 tail;
  exp_tail_f64(&x, 1023, &bits, &tail, 1);
  *power = (vf64)(bits << 52);
  return x + tail;
}

// Error <= 3 ULP.
SMX_DEFINE_TANH(f32, vf32, vi32, INT32_MIN, 10.0f, exp_less_1_f32)
SMX_DEFINE_TANH(f64, vf64, vi64, INT64_MIN, 20.0, exp_less_1_f64)

#endif
