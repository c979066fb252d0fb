// Linear layers: packing and back, one pass with every epilogue, and the log-probabilities made from it. A row's result
// must not depend on the rows beside it, their order, strides and batches, or which other outputs are asked for. NaN
// logits and sums count as one NaN here: what is made of them must be the canonical one.
#include "bits.h"

#include <stdio.h>
#include <string.h>

typedef struct problem {
  smx_type from, type, storage, hidden_type; // of the weights, of the layer, of its panels, of the hidden rows
  size_t rows, classes, depth, k;
  void *weight, *bias, *hidden; // [classes, depth]; [classes] or NULL; [rows, depth]
  void *base;                   // [rows], log-probabilities: at most 0, -inf or NaN; or NULL
  int64_t *target;              // [rows]
  double scale, cap, slope;
  // Results
  void *panels, *unpacked;
  void *max, *logits, *target_logit, *log_sum_exp, *target_log_probability, *log_probabilities;
  double *rest, *moment, *entropy;
  void *group_max; // [rows, groups]
  double *group_rest;
} problem;

static size_t groups_of(const problem *p) { return (p->classes + SMX_LINEAR_GROUP - 1) / SMX_LINEAR_GROUP; }

static void take_results(bits_case *c, const bits_trial *trial, problem *p) {
  const size_t size = smx_type_size(p->type);
  const size_t stored = smx_type_size(p->storage);
  p->panels =
      bits_take(c, &(bits_trial){.aligned = true}, smx_linear_bytes(p->classes, p->depth, p->storage) / stored, stored);
  p->unpacked = bits_take(c, trial, p->classes * p->depth, smx_type_size(p->from));
  p->max = bits_take(c, trial, p->rows, size);
  p->rest = bits_take(c, trial, p->rows, sizeof *p->rest);
  p->moment = bits_take(c, trial, p->rows, sizeof *p->moment);
  p->entropy = bits_take(c, trial, p->rows, sizeof *p->entropy);
  p->group_max = bits_take(c, trial, p->rows * groups_of(p), size);
  p->group_rest = bits_take(c, trial, p->rows * groups_of(p), sizeof *p->group_rest);
  p->logits = bits_take(c, trial, p->rows * p->classes, size);
  p->target_logit = bits_take(c, trial, p->rows, size);
  p->log_sum_exp = bits_take(c, trial, p->rows, size);
  p->target_log_probability = bits_take(c, trial, p->rows, size);
  p->log_probabilities = bits_take(c, trial, p->rows * p->classes, size);
}

static double real_at(smx_type type, const void *x, size_t i) {
  return type == SMX_F64 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

// The k best of a row: larger logits first, lower classes first among equals; NaN and -inf never.
static size_t best_of(const problem *p, const char *logits, size_t *best) {
  size_t count = 0;
  for (size_t i = 0; i < p->classes; i++) {
    double x = real_at(p->type, logits, i);
    if (!(x > -__builtin_inf())) continue;
    size_t at = count;
    while (at > 0 && x > real_at(p->type, logits, best[at - 1])) at--;
    if (at >= p->k) continue;
    if (count < p->k) count++;
    memmove(best + at + 1, best + at, (count - at - 1) * sizeof *best);
    best[at] = i;
  }
  return count;
}

// Candidates are in ascending class order, their logits are the row's, and all that are not among them and above what
// was dropped are dominated: the k best of the row are the k best of the candidates.
static bool check_candidates(bits_case *c, const bits_trial *trial, const problem *p, const smx_linear_job *job,
                             const size_t *order, const char *logits) {
  const size_t size = smx_type_size(p->type);
  for (size_t r = 0; r < job->rows; r++) {
    const char *row = logits + order[r] * p->classes * size;
    const int64_t *id = job->candidate_class + r * job->capacity;
    size_t best[16], found = best_of(p, row, best), count = job->candidate_count[r];
    if (count > job->capacity || count < found)
      return bits_fail(c, trial, "row %zu has %zu candidates", order[r], count);
    for (size_t i = 0; i < count; i++) {
      if (id[i] < 0 || (size_t)id[i] >= p->classes || (i > 0 && id[i] <= id[i - 1]))
        return bits_fail(c, trial, "candidate %zu of row %zu is class %lld", i, order[r], (long long)id[i]);
      if (memcmp((const char *)job->candidate_logit + (r * job->capacity + i) * size, row + (size_t)id[i] * size,
                 size) != 0)
        return bits_fail(c, trial, "candidate %zu of row %zu has another logit than class %lld", i, order[r],
                         (long long)id[i]);
    }
    for (size_t b = 0; b < found; b++) {
      size_t i = 0;
      while (i < count && (size_t)id[i] != best[b]) i++;
      if (i == count) return bits_fail(c, trial, "class %zu of row %zu is not among the candidates", best[b], order[r]);
    }
    if (found == p->k && real_at(p->type, job->dropped, r) > real_at(p->type, row, best[found - 1]))
      return bits_fail(c, trial, "row %zu dropped more than its k-th best", order[r]);
  }
  return true;
}

static bool same_number(smx_type type, const void *a, size_t i, const void *b, size_t k) {
  double x = real_at(type, a, i), y = real_at(type, b, k);
  return memcmp((const char *)a + i * smx_type_size(type), (const char *)b + k * smx_type_size(type),
                smx_type_size(type)) == 0 ||
         (x != x && y != y);
}

// Logits picked one by one are those of the pass; classes outside the layer leave what was there.
static bool check_pick(bits_case *c, const bits_trial *trial, const problem *p, const smx_linear_job *job,
                       const size_t *order, const char *logits) {
  const size_t size = smx_type_size(p->type), per_row = 1 + bits_below(c, 12);
  int64_t *id = bits_take(c, trial, job->rows * per_row, sizeof *id);
  char *picked = bits_take(c, trial, job->rows * per_row, size);
  memset(picked, 0, job->rows * per_row * size);
  for (size_t i = 0; i < job->rows * per_row; i++)
    id[i] = bits_chance(c, 6) ? (bits_chance(c, 2) ? -1 : (int64_t)p->classes) : (int64_t)bits_below(c, p->classes);
  if (!bits_expect_ok(c, trial,
                      smx_linear_pick(job->layer, job->hidden_type, job->hidden, job->hidden_stride, job->row_index,
                                      job->rows, id, per_row, picked, trial->threads, c->workspace)))
    return false;
  const double nothing = 0;
  for (size_t i = 0; i < job->rows * per_row; i++) {
    bool is_class = id[i] >= 0 && (size_t)id[i] < p->classes;
    const void *expected = is_class ? logits + order[i / per_row] * p->classes * size : (const void *)&nothing;
    if (!same_number(p->type, picked, i, expected, is_class ? (size_t)id[i] : 0))
      return bits_fail(c, trial, "class %lld picked of row %zu has another logit", (long long)id[i],
                       order[i / per_row]);
  }
  return true;
}

// Bars found for the log-probability of some class part the classes by their log-probabilities, and a pass that counts
// logits against them counts those.
static bool check_ranks(bits_case *c, const bits_trial *trial, const problem *p, const smx_linear_job *pass,
                        const size_t *order, const void *base, const char *log_probabilities) {
  const size_t size = smx_type_size(p->type), rows = pass->rows;
  smx_linear_job job = {.layer = pass->layer,
                        .hidden_type = pass->hidden_type,
                        .hidden = pass->hidden,
                        .hidden_stride = pass->hidden_stride,
                        .row_index = pass->row_index,
                        .rows = rows};
  char *bar = bits_take(c, trial, rows, size), *low = bits_take(c, trial, rows, size),
       *high = bits_take(c, trial, rows, size);
  int64_t *pivot = bits_take(c, trial, rows, sizeof *pivot);
  job.split = bits_below(c, p->classes + 1);
  for (size_t r = 0; r < rows; r++) {
    size_t own = bits_below(c, p->classes);
    memcpy(bar + r * size, log_probabilities + (order[r] * p->classes + own) * size, size);
    pivot[r] = (int64_t)bits_below(c, p->classes + 2) - 1;
  }
  job.low = low, job.high = high, job.pivot = pivot;
  job.above_count = bits_take(c, trial, rows, sizeof(int64_t));
  job.level_count = bits_take(c, trial, rows, sizeof(int64_t));
  if (bits_chance(c, 2)) job.max = bits_take(c, trial, rows, size), job.rest = bits_take(c, trial, rows, 8);
  if (!bits_expect_ok(c, trial, smx_logit_bars(p->type, bar, pass->max, pass->rest, base, low, high, rows)) ||
      !bits_expect_ok(c, trial, smx_linear_run(&job, trial->threads, c->workspace)))
    return false;
  for (size_t r = 0; r < rows; r++) {
    int64_t above = 0, level = 0;
    double own = real_at(p->type, bar, r);
    for (size_t i = 0; i < job.split; i++) {
      double other = real_at(p->type, log_probabilities, order[r] * p->classes + i);
      above += other > own;
      level += (int64_t)i < pivot[r] && other == own;
    }
    if (above != job.above_count[r] || level != job.level_count[r])
      return bits_fail(c, trial, "row %zu has %lld and %lld classes above and level, counted %lld and %lld", order[r],
                       (long long)above, (long long)level, (long long)job.above_count[r],
                       (long long)job.level_count[r]);
  }
  return true;
}

// Rows order[0 ..< count] of the problem into the results of `p`.
static bool run_batch(bits_case *c, const bits_trial *trial, const problem *p, const smx_linear *layer,
                      const size_t *order, size_t count, bool definition) {
  const size_t size = smx_type_size(p->type), mark = c->block_count;
  const bool indexed = !definition && bits_chance(c, 2);
  const size_t stride = p->depth + (definition ? 0 : bits_below(c, 3));
  const size_t *every = bits_order(c, trial, p->rows, false);
  smx_linear_job job = {.layer = layer, .hidden_type = p->hidden_type, .hidden_stride = stride, .rows = count};
  job.hidden = bits_with_stride(c, trial, p->hidden, indexed ? every : order, indexed ? p->rows : count, p->depth,
                                stride, smx_type_size(p->hidden_type));
  job.row_index = indexed ? order : NULL;
  job.slope = p->slope;
  job.group_max = bits_take(c, trial, groups_of(p) * count, size);
  job.group_rest = bits_take(c, trial, groups_of(p) * count, sizeof(double));
  job.max = bits_take(c, trial, count, size);
  job.rest = bits_take(c, trial, count, sizeof(double));
  job.moment = bits_take(c, trial, count, sizeof(double));
  int64_t *target = bits_take(c, trial, count, sizeof *target);
  for (size_t r = 0; r < count; r++) target[r] = p->target[order[r]];
  job.target = target;
  job.target_logit = bits_take(c, trial, count, size);
  job.split = definition ? p->classes : bits_below(c, p->classes + 1);
  job.logits_stride = job.split + (definition ? 0 : bits_below(c, 3));
  job.after_stride = p->classes - job.split + (definition ? 0 : bits_below(c, 3));
  job.logits = bits_take(c, trial, count * job.logits_stride, size);
  job.logits_after = bits_take(c, trial, count * job.after_stride, size);
  memset(job.logits, 0, count * job.logits_stride * size);
  memset(job.logits_after, 0, count * job.after_stride * size);
  memset(job.target_logit, 0, count * size); // rows whose target is out of range keep this
  job.k = p->k, job.capacity = p->k + 16 + (definition ? 0 : bits_below(c, 40));
  job.candidate_logit = bits_take(c, trial, count * job.capacity, size);
  job.candidate_class = bits_take(c, trial, count * job.capacity, sizeof(int64_t));
  job.candidate_count = bits_take(c, trial, count, sizeof(size_t));
  job.dropped = bits_take(c, trial, count, size);
  if (!definition && bits_chance(c, 4)) { // the candidates' road without sums
    smx_linear_job other = job;
    other.max = NULL, other.rest = NULL, other.group_max = NULL, other.group_rest = NULL;
    if (!bits_expect_ok(c, trial, smx_linear_run(&other, trial->threads, c->workspace))) return false;
    job.k = 0;
  }
  if (!bits_expect_ok(c, trial, smx_linear_run(&job, trial->threads, c->workspace))) return false;

  bits_scatter(p->max, job.max, order, count, 1, 1, size);
  bits_scatter(p->rest, job.rest, order, count, 1, 1, sizeof(double));
  bits_scatter(p->moment, job.moment, order, count, 1, 1, sizeof(double));
  bits_scatter(p->target_logit, job.target_logit, order, count, 1, 1, size);
  for (size_t g = 0, groups = groups_of(p); g < groups; g++)
    for (size_t r = 0; r < count; r++) {
      memcpy((char *)p->group_max + (order[r] * groups + g) * size, (char *)job.group_max + (g * count + r) * size,
             size);
      p->group_rest[order[r] * groups + g] = job.group_rest[g * count + r];
    }
  for (size_t r = 0; r < count; r++) {
    char *row = (char *)p->logits + order[r] * p->classes * size;
    memcpy(row, (char *)job.logits + r * job.logits_stride * size, job.split * size);
    memcpy(row + job.split * size, (char *)job.logits_after + r * job.after_stride * size,
           (p->classes - job.split) * size);
  }
  if (p->k > 0 && !check_candidates(c, trial, p, &job, order, p->logits)) return false;

  double *entropy = bits_take(c, trial, count, sizeof(double));
  if (!bits_expect_ok(c, trial, smx_entropy_of(p->type, job.max, job.rest, job.moment, entropy, count))) return false;
  bits_scatter(p->entropy, entropy, order, count, 1, 1, sizeof(double));
  void *base = p->base == NULL ? NULL : bits_with_stride(c, trial, p->base, order, count, 1, 1, size);
  void *out = bits_take(c, trial, count, size);
  if (!bits_expect_ok(c, trial, smx_log_sum_exp_of(p->type, job.max, job.rest, out, count))) return false;
  bits_scatter(p->log_sum_exp, out, order, count, 1, 1, size);
  if (!bits_expect_ok(c, trial, smx_log_probability(p->type, job.target_logit, job.max, job.rest, base, out, count)))
    return false;
  bits_scatter(p->target_log_probability, out, order, count, 1, 1, size);
  size_t columns = p->classes, row_stride = columns + (definition ? 0 : bits_below(c, 3));
  char *x = bits_with_stride(c, trial, p->logits, order, count, columns, row_stride, size);
  if (!bits_expect_ok(
          c, trial,
          smx_log_probabilities(p->type, x, count, columns, row_stride, job.max, job.rest, base, trial->threads)))
    return false;
  bits_scatter(p->log_probabilities, x, order, count, columns, row_stride, size);
  if (p->slope == 0 && !check_pick(c, trial, p, &job, order, p->logits)) return false;
  if (p->slope == 0 && !check_ranks(c, trial, p, &job, order, base, p->log_probabilities)) return false;
  return bits_release(c, trial, mark);
}

static bool compare(bits_case *c, const bits_trial *trial, const problem *p, const problem *q) {
  const size_t size = smx_type_size(p->type), stored = smx_type_size(p->storage);
  return bits_expect_same(c, trial, "panels", q->panels, p->panels,
                          smx_linear_bytes(p->classes, p->depth, p->storage) / stored, stored, -1) &&
         bits_expect_same(c, trial, "unpacked", q->unpacked, p->unpacked, p->classes * p->depth, smx_type_size(p->from),
                          -1) &&
         bits_expect_same(c, trial, "logits", q->logits, p->logits, p->rows * p->classes, size, p->type) &&
         bits_expect_same(c, trial, "max", q->max, p->max, p->rows, size, -1) &&
         bits_expect_same(c, trial, "rest", q->rest, p->rest, p->rows, sizeof(double), SMX_F64) &&
         bits_expect_same(c, trial, "group_max", q->group_max, p->group_max, p->rows * groups_of(p), size, -1) &&
         bits_expect_same(c, trial, "group_rest", q->group_rest, p->group_rest, p->rows * groups_of(p), sizeof(double),
                          SMX_F64) &&
         bits_expect_same(c, trial, "moment", q->moment, p->moment, p->rows, sizeof(double), SMX_F64) &&
         bits_expect_same(c, trial, "entropy", q->entropy, p->entropy, p->rows, sizeof(double), -1) &&
         bits_expect_same(c, trial, "target_logit", q->target_logit, p->target_logit, p->rows, size, p->type) &&
         bits_expect_same(c, trial, "log_sum_exp", q->log_sum_exp, p->log_sum_exp, p->rows, size, -1) &&
         bits_expect_same(c, trial, "target_log_probability", q->target_log_probability, p->target_log_probability,
                          p->rows, size, -1) &&
         bits_expect_same(c, trial, "log_probabilities", q->log_probabilities, p->log_probabilities,
                          p->rows * p->classes, size, -1);
}

static bool run(bits_case *c, const bits_trial *trial, void *problem_, bool definition) {
  problem *p = problem_, q = *p;
  const size_t size = smx_type_size(p->type), from_size = smx_type_size(p->from), mark = c->block_count;
  take_results(c, trial, &q);
  const size_t *every = bits_order(c, trial, p->classes, false);
  size_t stride = p->depth + (definition ? 0 : bits_below(c, 3));
  const void *weight = bits_with_stride(c, trial, p->weight, every, p->classes, p->depth, stride, from_size);
  smx_linear layer = {.classes = p->classes,
                      .depth = p->depth,
                      .type = p->type,
                      .storage = p->storage,
                      .panels = q.panels,
                      .scale = p->scale,
                      .cap = p->cap};
  if (p->bias != NULL) layer.bias = bits_with_stride(c, trial, p->bias, every, p->classes, 1, 1, size);
  if (!bits_expect_ok(
          c, trial,
          smx_linear_pack(p->from, weight, stride, p->classes, p->depth, p->storage, q.panels, trial->threads)) ||
      !bits_expect_ok(c, trial, smx_linear_unpack(&layer, p->from, q.unpacked, p->depth, trial->threads)))
    return false;
  const size_t *order = bits_order(c, trial, p->rows, !definition && bits_chance(c, 2));
  for (size_t begin = 0, count; begin < p->rows; begin += count) {
    size_t rest = p->rows - begin;
    count = definition || bits_chance(c, 2) ? rest : 1 + bits_below(c, rest);
    if (!run_batch(c, trial, &q, &layer, order + begin, count, definition)) return false;
  }
  if (!definition) return compare(c, trial, p, &q) && bits_release(c, trial, mark);
  *p = q;
  return bits_expect_canonical(c, trial, "entropy", SMX_F64, p->entropy, p->rows) &&
         bits_expect_canonical(c, trial, "log_sum_exp", p->type, p->log_sum_exp, p->rows) &&
         bits_expect_canonical(c, trial, "target_log_probability", p->type, p->target_log_probability, p->rows) &&
         bits_expect_canonical(c, trial, "log_probabilities", p->type, p->log_probabilities, p->rows * p->classes);
}

static size_t draw_near(bits_case *c, const size_t *edges, size_t count, size_t small) {
  return bits_chance(c, 4) ? edges[bits_below(c, count)] - 1 + bits_below(c, 3) : 1 + bits_below(c, small);
}

bool bits_linear_case(bits_case *c) {
  static const size_t row_edges[] = {6, 8, 14, 28, 192, 200}, class_edges[] = {32, 64, 256, 512, 1024, 2048},
                      depth_edges[] = {64, 128, 256, 512};
  const bits_trial plain = {.variant = "scalar", .threads = 1, .aligned = true};
  problem p = {.from = (smx_type)bits_below(c, 4), .hidden_type = (smx_type)bits_below(c, 4)};
  p.type = bits_chance(c, 3) ? SMX_F64 : SMX_F32;
  p.storage = p.type == SMX_F64 || bits_chance(c, 2) ? p.type : bits_chance(c, 2) ? SMX_F16 : SMX_BF16;
  size_t budget = bits_chance(c, 12) ? 800000 : 20000; // from 2^19 products on, all threads
  do {
    p.rows = draw_near(c, row_edges, sizeof row_edges / sizeof *row_edges, 20);
    p.classes = draw_near(c, class_edges, sizeof class_edges / sizeof *class_edges, 70);
    p.depth = draw_near(c, depth_edges, sizeof depth_edges / sizeof *depth_edges, 20);
  } while (p.rows * p.classes * p.depth > budget || p.rows * p.classes > 30000);
  p.k = bits_chance(c, 2) ? 0 : 1 + bits_below(c, 8);
  if (bits_chance(c, 3)) p.scale = 4 * bits_uniform(c);
  if (bits_chance(c, 3)) p.cap = 0.5 + 50 * bits_uniform(c);
  if (bits_chance(c, 3)) p.slope = 3 * bits_uniform(c);
  snprintf(c->what, sizeof c->what, "linear %s (weights %s in %s, hidden %s) rows %zu classes %zu depth %zu k %zu",
           bits_type_name(p.type), bits_type_name(p.from), bits_type_name(p.storage), bits_type_name(p.hidden_type),
           p.rows, p.classes, p.depth, p.k);
  p.weight = bits_take(c, &plain, p.classes * p.depth, smx_type_size(p.from));
  bits_fill(c, p.from, p.weight, p.classes, p.depth);
  p.hidden = bits_take(c, &plain, p.rows * p.depth, smx_type_size(p.hidden_type));
  bits_fill(c, p.hidden_type, p.hidden, p.rows, p.depth);
  if (bits_chance(c, 2))
    bits_fill(c, p.type, p.bias = bits_take(c, &plain, p.classes, smx_type_size(p.type)), 1, p.classes);
  if (bits_chance(c, 2)) {
    const size_t size = smx_type_size(p.type);
    bits_fill(c, p.type, p.base = bits_take(c, &plain, p.rows, size), 1, p.rows);
    for (size_t r = 0; r < p.rows; r++) ((uint8_t *)p.base)[(r + 1) * size - 1] |= 0x80; // the sign
  }
  p.target = bits_take(c, &plain, p.rows, sizeof *p.target);
  for (size_t r = 0; r < p.rows; r++) p.target[r] = bits_chance(c, 8) ? -100 : (int64_t)bits_below(c, p.classes);
  return bits_try_all(c, run, &p);
}
