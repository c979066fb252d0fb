// Softmax, log-sum-exp, losses, elementwise functions and conversions: a case is a number of slices of n elements. Its
// definition computes them as contiguous rows in order; a trial in any order, cut into batches, each laid out as
// [outer, n, inner] for some inner, in place or not. A slice's result must not change.
#include "bits.h"

#include <stdio.h>
#include <string.h>

typedef enum { SOFTMAX, LOG_SUM_EXP, CROSS_ENTROPY, CONVERT, EXP, LOG, LOG1P, TANH } operation;

typedef struct problem {
  operation what;
  smx_type type, out_type;
  size_t slices, n, out_n; // elements of a slice in, and out: n or 1
  void *x, *out;           // [slices, n], [slices, out_n]
  smx_softmax_kind kind;   // softmax
  bool negate;
  smx_cross_entropy_job loss; // cross-entropy, its arrays as rows
  void *row_weight;           // [slices]
} problem;

// rows[order[o * inner + k]][i] to or from laid[(o * n + i) * inner + k].
static void lay_out(void *laid_, void *rows_, const size_t *order, size_t count, size_t n, size_t inner, size_t element,
                    bool back) {
  char *laid = laid_, *rows = rows_;
  for (size_t q = 0; q < count; q++)
    for (size_t i = 0; i < n; i++) {
      char *a = laid + ((q / inner * n + i) * inner + q % inner) * element, *b = rows + (order[q] * n + i) * element;
      char *to = back ? b : a, *from = back ? a : b;
      switch (element) {
      case 2:
        memcpy(to, from, 2);
        break;
      case 4:
        memcpy(to, from, 4);
        break;
      default:
        memcpy(to, from, 8);
      }
    }
}

static void *laid_out(bits_case *c, const bits_trial *trial, const void *rows, const size_t *order, size_t count,
                      size_t n, size_t inner, size_t element) {
  void *laid = bits_take(c, trial, count * n, element);
  lay_out(laid, (void *)rows, order, count, n, inner, element, false);
  return laid;
}

static bool run_batch(bits_case *c, const bits_trial *trial, const problem *p, const size_t *order, size_t count,
                      size_t inner, bool in_place, void *out, void *row_weight) {
  const size_t size = smx_type_size(p->type), out_size = smx_type_size(p->out_type), mark = c->block_count;
  const int threads = trial->threads;
  void *x = laid_out(c, trial, p->x, order, count, p->n, inner, size), *weight = NULL;
  void *y = in_place && size * p->n == out_size * p->out_n ? x : bits_take(c, trial, count * p->out_n, out_size);
  smx_status status = SMX_OK;
  switch (p->what) {
  case SOFTMAX:
    status = smx_softmax(p->type, p->kind, p->negate, x, y, count / inner, p->n, inner, threads, c->workspace);
    break;
  case LOG_SUM_EXP:
    status = smx_logsumexp(p->type, x, y, count / inner, p->n, inner, threads, c->workspace);
    break;
  case CONVERT:
    status = smx_convert(p->type, x, p->out_type, y, count, threads);
    break;
  case EXP:
    status = smx_exp(p->type, x, y, count, threads);
    break;
  case LOG:
    status = smx_log(p->type, x, y, count, threads);
    break;
  case LOG1P:
    status = smx_log1p(p->type, x, y, count, threads);
    break;
  case TANH:
    status = smx_tanh(p->type, x, y, count, threads);
    break;
  case CROSS_ENTROPY: {
    smx_cross_entropy_job job = p->loss;
    job.x = x, job.loss = y, job.outer = count / inner, job.inner = inner;
    job.row_weight = weight = bits_take(c, trial, count, out_size);
    if (job.target != NULL) job.target = laid_out(c, trial, job.target, order, count, 1, inner, sizeof *job.target);
    else job.probabilities = laid_out(c, trial, job.probabilities, order, count, p->n, inner, size);
    if (job.weight != NULL) memcpy((void *)(job.weight = bits_take(c, trial, p->n, size)), p->loss.weight, p->n * size);
    status = smx_cross_entropy(&job, threads, c->workspace);
    lay_out(weight, row_weight, order, count, 1, inner, out_size, true);
    break;
  }
  }
  lay_out(y, out, order, count, p->out_n, inner, out_size, true);
  return bits_release(c, trial, mark) && bits_expect_ok(c, trial, status);
}

static size_t draw_inner(bits_case *c, size_t count) {
  size_t inner = bits_chance(c, 4) ? 1 : bits_chance(c, 4) ? count : 1 + bits_below(c, count < 40 ? count : 40);
  return count % inner == 0 ? inner : 1;
}

static bool run(bits_case *c, const bits_trial *trial, void *problem_, bool definition) {
  const problem *p = problem_;
  const size_t out_size = smx_type_size(p->out_type);
  void *out = p->out, *row_weight = p->row_weight;
  if (!definition) {
    out = bits_take(c, trial, p->slices * p->out_n, out_size);
    row_weight = bits_take(c, trial, p->slices, out_size);
  }
  const size_t *order = bits_order(c, trial, p->slices, !definition && bits_chance(c, 2));
  for (size_t begin = 0, count; begin < p->slices; begin += count) {
    size_t rest = p->slices - begin;
    count = definition || bits_chance(c, 2) ? rest : 1 + bits_below(c, rest);
    size_t inner = definition ? 1 : draw_inner(c, count);
    bool in_place = !definition && p->what != CROSS_ENTROPY && p->what != LOG_SUM_EXP && bits_chance(c, 2);
    if (!run_batch(c, trial, p, order + begin, count, inner, in_place, out, row_weight)) return false;
  }
  if (definition)
    return p->what == CONVERT || bits_expect_canonical(c, trial, "y", p->out_type, out, p->slices * p->out_n);
  return bits_expect_same(c, trial, "y", out, p->out, p->slices * p->out_n, out_size, -1) &&
         (p->what != CROSS_ENTROPY ||
          bits_expect_same(c, trial, "row_weight", row_weight, p->row_weight, p->slices, out_size, -1));
}

// Mostly small; now and then around a width, block or chunk of the kernels; seldom enough for all threads, or for
// stores past the caches.
static void draw_shape(bits_case *c, size_t *slices, size_t *n) {
  static const size_t edges[] = {63,  64,   65,   127,  128,  129,  255,  256,  257,  511, 512,
                                 513, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4097};
  static const size_t long_edges[] = {16383, 16384, 16385, 65535, 65536, 65537, 81920, 81921, 131071, 131073};
  // Exponentials that are kept, and that are not.
  static const size_t past_scratch[] = {524288, 524289, 1048576, 1048577};
  size_t budget = bits_chance(c, 2) ? 300 : 3000;
  if (bits_chance(c, 24)) budget = 50000;
  if (bits_chance(c, 600)) budget = 250000;
  if (bits_chance(c, 8000)) budget = 2200000;
  *n = bits_chance(c, 8) ? edges[bits_below(c, sizeof edges / sizeof *edges)]
                         : 1 + bits_below(c, bits_chance(c, 2) ? 20 : 100);
  if (budget > 50000 && bits_chance(c, 2)) *n = long_edges[bits_below(c, sizeof long_edges / sizeof *long_edges)];
  if (budget > 250000 && bits_chance(c, 4))
    *n = past_scratch[bits_below(c, sizeof past_scratch / sizeof *past_scratch)];
  if (budget > *n && bits_chance(c, 4)) *slices = budget / *n;
  else *slices = 1 + bits_below(c, budget / *n + 3);
}

static void draw_loss(bits_case *c, const bits_trial *plain, problem *p) {
  smx_cross_entropy_job *job = &p->loss;
  *job = (smx_cross_entropy_job){
      .type = p->type, .classes = p->n, .log_probabilities = bits_chance(c, 4), .ignore_index = -100};
  if (bits_chance(c, 3)) {
    void *probabilities = bits_take(c, plain, p->slices * p->n, smx_type_size(p->type));
    bits_fill(c, p->type, probabilities, p->slices, p->n);
    job->probabilities = probabilities;
  } else {
    int64_t *target = bits_take(c, plain, p->slices, sizeof *target);
    for (size_t i = 0; i < p->slices; i++)
      target[i] = bits_chance(c, 8) ? job->ignore_index : (int64_t)bits_below(c, p->n);
    job->target = target;
  }
  if (bits_chance(c, 2)) {
    void *weight = bits_take(c, plain, p->n, smx_type_size(p->type));
    bits_fill(c, p->type, weight, 1, p->n);
    job->weight = weight;
  }
  if (bits_chance(c, 2)) job->label_smoothing = bits_chance(c, 4) ? 1 : bits_uniform(c);
}

bool bits_slices_case(bits_case *c) {
  static const operation operations[] = {SOFTMAX, SOFTMAX, SOFTMAX, LOG_SUM_EXP, CROSS_ENTROPY,
                                         CONVERT, EXP,     LOG,     LOG1P,       TANH};
  static const char *const names[] = {"softmax", "logsumexp", "cross_entropy", "convert",
                                      "exp",     "log",       "log1p",         "tanh"};
  const bits_trial plain = {.variant = "scalar", .threads = 1, .aligned = true};
  problem p = {.what = operations[bits_below(c, sizeof operations / sizeof *operations)],
               .type = (smx_type)bits_below(c, 4)};
  draw_shape(c, &p.slices, &p.n);
  p.kind = (smx_softmax_kind)bits_below(c, 2), p.negate = bits_chance(c, 2);
  p.out_type = p.type;
  if (p.what == CONVERT) p.out_type = (smx_type)bits_below(c, 4);
  if (p.what > CONVERT) p.out_type = p.type = p.type == SMX_F64 ? SMX_F64 : SMX_F32;
  if (p.what >= CONVERT) p.slices *= p.n, p.n = 1; // each element is a slice
  if (p.what == CROSS_ENTROPY) p.out_type = p.type == SMX_F64 ? SMX_F64 : SMX_F32;
  p.out_n = p.what == LOG_SUM_EXP || p.what == CROSS_ENTROPY ? 1 : p.n;
  snprintf(c->what, sizeof c->what, "%s%s%s %s%s%s [%zu, %zu]",
           p.what == SOFTMAX && p.kind == SMX_LOG_SOFTMAX ? "log_" : "", names[p.what],
           p.what == SOFTMAX && p.negate ? " (negated)" : "", bits_type_name(p.type), p.what == CONVERT ? " to " : "",
           p.what == CONVERT ? bits_type_name(p.out_type) : "", p.slices, p.n);
  p.x = bits_take(c, &plain, p.slices * p.n, smx_type_size(p.type));
  if (p.n == 1) bits_fill(c, p.type, p.x, 1, p.slices);
  else bits_fill(c, p.type, p.x, p.slices, p.n);
  p.out = bits_take(c, &plain, p.slices * p.out_n, smx_type_size(p.out_type));
  p.row_weight = bits_take(c, &plain, p.slices, smx_type_size(p.out_type));
  if (p.what == CROSS_ENTROPY) draw_loss(c, &plain, &p);
  return bits_try_all(c, run, &p);
}
