// The softmax family and linear layers against sums in long double.
#include "accuracy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct sampler {
  uint64_t state;
} sampler;

static double uniform(sampler *s) { // splitmix64
  uint64_t z = s->state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double at(smx_type type, const void *x, size_t i) {
  return type == SMX_F64 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

static void put(smx_type type, void *x, size_t i, double value) {
  if (type == SMX_F64) ((double *)x)[i] = value;
  else ((float *)x)[i] = (float)value;
}

typedef struct exact_slice {
  long double max, rest; // rest: sum of exp(x - max) over all elements but one largest
  bool equal;
} exact_slice;

// Element i of a slice is x[i * step].
static exact_slice exact_sum(smx_type type, const void *x, size_t first, size_t n, size_t step) {
  exact_slice e = {.max = at(type, x, first), .equal = true};
  size_t largest = 0;
  for (size_t i = 1; i < n; i++) {
    double v = at(type, x, first + i * step);
    e.equal &= v == at(type, x, first);
    if (v > (double)e.max) e.max = v, largest = i;
  }
  long double lost = 0;
  for (size_t i = 0; i < n; i++) { // compensated
    if (i == largest) continue;
    long double term = expl(at(type, x, first + i * step) - e.max) - lost, next = e.rest + term;
    lost = (next - e.rest) - term;
    e.rest = next;
  }
  return e;
}

static double ulp_error(smx_type type, double got, long double exact, double least_binade) {
  const double normal = type == SMX_F64 ? 0x1p-1022 : 0x1p-126;
  const long double unit = type == SMX_F64 ? 0x1p-52L : 0x1p-23L;
  double binade = accuracy_binade((double)exact, normal > least_binade ? normal : least_binade);
  return (double)(fabsl(got - exact) / (binade * unit));
}

static size_t gap_range(smx_type type, long double gap, long double result, bool equal) {
  if (equal) return 5;
  if (fabsl(result) < (type == SMX_F64 ? 0x1p-1022L : 0x1p-126L)) return 4;
  return gap < 1 ? 0 : gap < 8 ? 1 : gap < 32 ? 2 : 3;
}

// One element and equal ones below it, which add up to about as much: all roundings are to the same side.
static void draw_alike(sampler *s, smx_type type, void *x, size_t first, size_t n, size_t step) {
  const double top = 4 * (uniform(s) - 0.5), others = top - log((double)n) - 4 * (uniform(s) - 0.5);
  for (size_t i = 0; i < n; i++) put(type, x, first + i * step, others);
  put(type, x, first + (size_t)(uniform(s) * (double)n) * step, top);
}

// Slices of every temper: close together, spread out, far from zero, near log-sum-exp zero, equal.
static void draw_slice(sampler *s, smx_type type, void *x, size_t first, size_t n, size_t step) {
  static const double spreads[] = {0, 0.01, 0.5, 2, 9, 40, 110, 760};
  static const double centres[] = {0, 1, 30, 1000};
  const double spread = spreads[(size_t)(uniform(s) * 8)], scale = centres[(size_t)(uniform(s) * 4)];
  const double centre = uniform(s) < 0.2 ? -log((double)n) : scale * (2 * uniform(s) - 1);
  const bool peaked = uniform(s) < 0.3;
  if (uniform(s) < 0.3) {
    draw_alike(s, type, x, first, n, step);
    return;
  }
  for (size_t i = 0; i < n; i++) put(type, x, first + i * step, centre + spread * (uniform(s) - 0.5));
  if (peaked) put(type, x, first + (size_t)(uniform(s) * (double)n) * step, centre + spread * 0.5 + 3 * uniform(s));
}

static void softmax_job(sampler *s, smx_type type, size_t size, bool columns, size_t elements, proof_errors *errors) {
  const size_t n = proof_sizes[size], slices = elements / n > 0 ? elements / n : 1, bytes = smx_type_size(type);
  const size_t inner = columns ? slices : 1, outer = slices / inner, t = type == SMX_F64;
  smx_workspace *workspace = smx_workspace_create();
  void *x = malloc(slices * n * bytes), *y = malloc(slices * n * bytes), *z = malloc(slices * n * bytes),
       *l = malloc(slices * bytes);
  for (size_t q = 0; q < slices; q++) draw_slice(s, type, x, q / inner * n * inner + q % inner, n, inner);
  smx_softmax(type, SMX_SOFTMAX, false, x, y, outer, n, inner, 1, workspace);
  smx_softmax(type, SMX_LOG_SOFTMAX, false, x, z, outer, n, inner, 1, workspace);
  smx_logsumexp(type, x, l, outer, n, inner, 1, workspace);
  for (size_t q = 0; q < slices; q++) {
    const size_t first = q / inner * n * inner + q % inner;
    const exact_slice e = exact_sum(type, x, first, n, inner);
    const long double log_rest = log1pl(e.rest), lse = e.max + log_rest;
    // In F64 the largest element and log1p(rest) are rounded before they are added.
    double least = fabsl(lse) < 1 ? 1 : 0;
    if (type == SMX_F64) least = accuracy_binade((double)e.max, least);
    accuracy_add(&(*errors)[LOG_SUM_EXP][t][fabsl(lse) < 1], size, ulp_error(type, at(type, l, q), lse, least),
                 (double)lse);
    for (size_t i = 0; i < n; i++) {
      const size_t k = first + i * inner;
      const long double gap = e.max - at(type, x, k), p = expl(-gap) / (1 + e.rest), log_p = -gap - log_rest;
      accuracy_add(&(*errors)[SOFTMAX][t][gap_range(type, gap, p, e.equal)], size,
                   ulp_error(type, at(type, y, k), p, 0), (double)gap);
      accuracy_add(&(*errors)[LOG_SOFTMAX][t][log_p > -0.0625L], size, ulp_error(type, at(type, z, k), log_p, 0),
                   (double)log_p);
    }
  }
  free(x), free(y), free(z), free(l);
  smx_workspace_destroy(workspace);
}

// Logits against exact sums, and log-probabilities against those that the logits, as rounded, have.
static void linear_job(sampler *s, smx_type type, size_t size, size_t elements, proof_errors *errors) {
  const size_t classes = proof_sizes[size], rows = elements / classes > 200 ? 200
                                                   : elements / classes > 0 ? elements / classes
                                                                            : 1;
  const size_t depth = size == 3 ? 8 : size == 2 ? 64 : 1024, bytes = smx_type_size(type), t = type == SMX_F64;
  smx_workspace *workspace = smx_workspace_create();
  char *hidden = malloc(rows * depth * bytes), *weight = malloc(classes * depth * bytes),
       *logits = malloc(rows * classes * bytes);
  char *scores = malloc(rows * classes * bytes), *max = malloc(rows * bytes);
  double *rest = malloc(rows * sizeof *rest);
  void *panels = smx_alloc(smx_linear_bytes(classes, depth, type));
  const double spread = (double[]){0.1, 1, 5}[(size_t)(uniform(s) * 3)] / sqrt((double)depth);
  for (size_t i = 0; i < rows * depth; i++) put(type, hidden, i, 4 * uniform(s) - 2);
  for (size_t i = 0; i < classes * depth; i++) put(type, weight, i, 8 * spread * (uniform(s) - 0.5));
  smx_linear_pack(type, weight, depth, classes, depth, type, panels, 1);
  const smx_linear layer = {.classes = classes, .depth = depth, .type = type, .storage = type, .panels = panels};
  const smx_linear_job job = {.layer = &layer,
                              .hidden_type = type,
                              .hidden = hidden,
                              .hidden_stride = depth,
                              .rows = rows,
                              .max = max,
                              .rest = rest,
                              .logits = logits,
                              .logits_stride = classes,
                              .split = classes};
  smx_linear_run(&job, 1, workspace);
  memcpy(scores, logits, rows * classes * bytes);
  smx_log_probabilities(type, scores, rows, classes, classes, max, rest, NULL, 1);
  for (size_t r = 0; r < rows; r++) {
    const exact_slice e = exact_sum(type, logits, r * classes, classes, 1);
    const long double log_rest = log1pl(e.rest);
    for (size_t c = 0; c < classes; c++) {
      const size_t k = r * classes + c;
      const long double gap = e.max - at(type, logits, k), log_p = -gap - log_rest;
      accuracy_add(&(*errors)[LINEAR_LOG_PROBABILITY][t][log_p > -0.0625L], size,
                   ulp_error(type, at(type, scores, k), log_p, 0), (double)log_p);
      if (c % (1 + classes / 64) != 0) continue;
      long double sum = 0, magnitude = 0;
      for (size_t d = 0; d < depth; d++) {
        long double term = (long double)at(type, hidden, r * depth + d) * at(type, weight, c * depth + d);
        sum += term, magnitude += fabsl(term);
      }
      accuracy_add(&(*errors)[LINEAR_LOGIT][t][0], size, ulp_error(type, at(type, logits, k), sum, (double)magnitude),
                   (double)sum);
    }
  }
  free(hidden), free(weight), free(logits), free(scores), free(max), free(rest);
  smx_free(panels);
  smx_workspace_destroy(workspace);
}

void accuracy_family(size_t job, size_t thinning, proof_errors *errors) {
  sampler s = {.state = job};
  const smx_type type = job % 2 == 0 ? SMX_F32 : SMX_F64;
  const size_t size = PROOF_SIZES - 1 - job / 2 % PROOF_SIZES; // 64 jobs: 8 of each type and size
  const size_t rounds = thinning > 1 ? 1 : 4, elements = thinning > 1 ? 30000 : 1000000;
  if (thinning > 1 && job >= 16) return;
  for (size_t i = 0; i < rounds; i++) {
    softmax_job(&s, type, size, job / 8 % 2 == 0, elements, errors);
    linear_job(&s, type, size, elements, errors);
  }
}
