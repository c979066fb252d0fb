// The jobs of the accuracy measurement, and the elementwise functions: every float, and many doubles, against a longer
// type.
#include "accuracy.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 4096 };

static long double reference(int operation, long double x) {
  return operation == EXP ? expl(x) : operation == LOG ? logl(x) : operation == TANH ? tanhl(x) : log1pl(x);
}

static void evaluate(int operation, smx_type type, const void *x, void *y, size_t count) {
  if (operation == EXP) smx_exp(type, x, y, count, 1);
  else if (operation == LOG) smx_log(type, x, y, count, 1);
  else if (operation == TANH) smx_tanh(type, x, y, count, 1);
  else smx_log1p(type, x, y, count, 1);
}

static size_t range_of(int operation, double x, double exact, double normal) {
  if (operation == EXP) return exact < normal ? 2 : fabs(x) < 0.25 ? 0 : 1;
  if (operation == LOG) return x < normal ? 2 : x > 0.5 && x < 2 ? 0 : 1;
  if (operation == TANH) return fabs(x) < normal ? 2 : fabs(x) < 0.25 ? 0 : 1;
  return fabs(x) < 0.25 ? 0 : x < 0 ? 2 : 1;
}

// The libm's double result decides unless it lies too near the middle of two floats; then the long double does.
static void compare_f32(int operation, float x, float y, proof_error *ranges) {
  const double slack = 0x1p-50, wide = operation == EXP    ? exp(x)
                                       : operation == LOG  ? log(x)
                                       : operation == TANH ? tanh(x)
                                                           : log1p(x);
  float exact = (float)wide;
  if ((float)(wide * (1 - slack)) != (float)(wide * (1 + slack))) exact = (float)reference(operation, x);
  proof_error *e = &ranges[range_of(operation, x, wide, 0x1p-126)];
  double ulp = 0;
  if (y != exact && !(y != y && exact != exact)) {
    ulp = fabs(y - wide) / (accuracy_binade(wide, 0x1p-126) * 0x1p-23);
    if (!isfinite(y) || !isfinite(exact)) ulp = __builtin_nan("");
    e->misrounded++;
  } else if (isfinite(y)) {
    ulp = fabs(y - wide) / (accuracy_binade(wide, 0x1p-126) * 0x1p-23);
  }
  accuracy_add(e, 0, ulp, x);
}

void accuracy_f32(int operation, size_t part, size_t thinning, proof_errors *errors) {
  const uint64_t width = ((uint64_t)1 << 32) / ELEMENTWISE_PARTS, begin = part * width, end = begin + width;
  float x[PIECE], y[PIECE];
  for (uint64_t next = begin + (thinning > 1 ? part % thinning : 0); next < end;) {
    size_t count = 0;
    for (; count < PIECE && next < end; count++, next += thinning) {
      uint32_t bits = (uint32_t)next;
      memcpy(&x[count], &bits, sizeof bits);
    }
    evaluate(operation, SMX_F32, x, y, count);
    for (size_t i = 0; i < count; i++) compare_f32(operation, x[i], y[i], (*errors)[operation][0]);
  }
}

static void compare_f64(int operation, double x, double y, proof_error *ranges) {
  const long double wide = reference(operation, x), slack = 0x1p-61L;
  const double exact = (double)wide;
  proof_error *e = &ranges[range_of(operation, x, exact, 0x1p-1022)];
  double ulp = 0;
  if (isfinite(y) && isfinite(exact))
    ulp = (double)(fabsl(y - wide) / ((long double)accuracy_binade(exact, 0x1p-1022) * 0x1p-52L));
  else if (y != exact && !(y != y && exact != exact)) ulp = __builtin_nan("");
  if (y != exact && ulp > 0.5 && (double)(wide * (1 - slack)) == (double)(wide * (1 + slack))) e->misrounded++;
  accuracy_add(e, 0, ulp, x);
}

static uint64_t random_bits(uint64_t *state) { // splitmix64
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Any double; results over the whole range; arguments around 0 and 1; the ends of the range.
static double draw_f64(int operation, uint64_t *state) {
  const double u = (double)(random_bits(state) >> 11) * 0x1p-53, sign = random_bits(state) & 1 ? -1 : 1;
  switch (random_bits(state) % 8) {
  case 0: {
    uint64_t bits = random_bits(state);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
  }
  case 1:
    if (operation == TANH) return sign * 0x1p-1022 * u;
    return operation == EXP ? -708 - 38 * u : operation == LOG ? 0x1p-1022 * u : u - 1;
  case 2:
    return operation == EXP ? 709 + u : 1e308 * u;
  case 3:
    return sign * ldexp(1 + u, -(int)(random_bits(state) % 60)) + (operation == LOG ? 1 : 0);
  case 4:
    return operation == LOG ? 0.5 + 1.5 * u : sign * u;
  case 5:
    return operation == LOG ? 0.68 + 0.74 * u : 0.35 * sign * u;
  case 6:
    return operation == EXP || operation == TANH ? sign * 20 * u : 64 * u;
  default:
    return operation == EXP ? sign * 700 * u : ldexp(1 + u, (int)(random_bits(state) % 2000) - 1000);
  }
}

void accuracy_f64(int operation, size_t part, size_t thinning, proof_errors *errors) {
  const size_t pieces = ((size_t)1 << 25) / ELEMENTWISE_PARTS / PIECE / thinning + 1;
  uint64_t state = part + 1;
  double x[PIECE], y[PIECE];
  for (size_t p = 0; p < pieces; p++) {
    for (size_t i = 0; i < PIECE; i++) x[i] = draw_f64(operation, &state);
    evaluate(operation, SMX_F64, x, y, PIECE);
    for (size_t i = 0; i < PIECE; i++) compare_f64(operation, x[i], y[i], (*errors)[operation][1]);
  }
}

size_t proof_accuracy_jobs(void) { return ELEMENTWISE * PROOF_TYPES * ELEMENTWISE_PARTS + FAMILY_JOBS; }

struct proof_accuracy {
  atomic_flag busy;
  proof_errors errors;
};

proof_accuracy *proof_accuracy_create(void) { return calloc(1, sizeof(proof_accuracy)); }
void proof_accuracy_destroy(proof_accuracy *accuracy) { free(accuracy); }

static void merge(proof_errors *errors, const proof_errors *more) {
  proof_error *a = &(*errors)[0][0][0];
  const proof_error *b = &(*more)[0][0][0];
  for (size_t i = 0; i < sizeof *errors / sizeof *a; i++, a++, b++) {
    for (size_t s = 0; s < PROOF_SIZES; s++)
      if (b->worst[s] > a->worst[s]) a->worst[s] = b->worst[s], a->at[s] = b->at[s];
    a->count += b->count;
    a->misrounded += b->misrounded;
  }
}

void proof_accuracy_run(proof_accuracy *accuracy, size_t job, size_t thinning) {
  proof_errors errors = {0};
  const size_t part = job % ELEMENTWISE_PARTS, sweep = job / ELEMENTWISE_PARTS;
  if (sweep < ELEMENTWISE) accuracy_f64((int)sweep, part, thinning, &errors);
  else if (sweep < 2 * ELEMENTWISE) accuracy_f32((int)sweep - ELEMENTWISE, part, thinning, &errors);
  else accuracy_family(part, thinning, &errors);
  while (atomic_flag_test_and_set(&accuracy->busy)) {
  }
  merge(&accuracy->errors, (const proof_errors *)&errors);
  atomic_flag_clear(&accuracy->busy);
}

bool proof_accuracy_line(const proof_accuracy *accuracy, size_t row, char *line, size_t size, bool *within) {
  for (size_t o = 0; o < PROOF_OPERATIONS; o++) {
    const proof_bounds *b = &proof_operations[o];
    for (size_t t = 0; t < PROOF_TYPES; t++)
      for (size_t r = 0; r < PROOF_RANGES && b->ranges[r] != NULL; r++) {
        if (row-- > 0) continue;
        const proof_error *e = &accuracy->errors[o][t][r];
        const double bound = b->ulp[t][r];
        int at = snprintf(line, size, "%-22s %s  %-26s bound %6.2f  worst", b->operation, t == 0 ? "f32" : "f64",
                          b->ranges[r], bound);
        *within = e->count > 0;
        for (size_t s = 0; s < (b->by_size ? PROOF_SIZES : 1); s++) {
          at += snprintf(line + at, size - (size_t)at, " %8.4f", e->worst[s]);
          *within &= e->worst[s] <= bound;
        }
        if (!b->by_size)
          snprintf(line + at, size - (size_t)at, "  at %-14a misrounded %llu of %llu", e->at[0],
                   (unsigned long long)e->misrounded, (unsigned long long)e->count);
        return true;
      }
  }
  return false;
}
