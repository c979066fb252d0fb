// Sums, running sums, draws and the k best classes: a case is a number of rows. A row's result must not depend on the rows
// beside it, their order, strides and batches, nor the k best on the order in which their classes are offered. NaN running
// sums count as one NaN here.
#include "bits.h"

#include <stdio.h>
#include <string.h>

typedef struct problem {
  smx_type type;
  size_t rows, columns, extra_count, draws, k;
  double slope, share;
  void *x;       // [rows, columns]: elements; the logits of classes; the largest of groups
  double *rest;  // [rows, columns]: of groups; of a row of classes, its first
  double *extra; // [rows, extra_count]
  void *base;    // [rows]
  double *u;     // [rows, draws]
  // Results
  double *total, *sums, *group_sums; // [rows], [rows, columns], [rows, columns + extra_count]
  int64_t *drawn;                    // [rows, draws]
  void *best;                        // [rows, k]
  int64_t *best_class;               // [rows, k]
  size_t *best_count;                // [rows]
} problem;

static void take_results(bits_case *c, const bits_trial *trial, problem *p) {
  p->total = bits_take(c, trial, p->rows, sizeof(double));
  p->sums = bits_take(c, trial, p->rows * p->columns, sizeof(double));
  p->group_sums = bits_take(c, trial, p->rows * (p->columns + p->extra_count), sizeof(double));
  p->drawn = bits_take(c, trial, p->rows * p->draws, sizeof(int64_t));
  p->best = bits_take(c, trial, p->rows * p->k, smx_type_size(p->type));
  p->best_class = bits_take(c, trial, p->rows * p->k, sizeof(int64_t));
  p->best_count = bits_take(c, trial, p->rows, sizeof(size_t));
}

static bool sum_groups(bits_case *c, const bits_trial *trial, const problem *p, const size_t *order, size_t count) {
  const size_t size = smx_type_size(p->type), entries = p->columns + p->extra_count;
  char *max = bits_take(c, trial, p->columns * count, size);
  double *rest = bits_take(c, trial, p->columns * count, sizeof *rest);
  double *extra = bits_with_stride(c, trial, p->extra, order, count, p->extra_count, p->extra_count, sizeof *extra);
  double *sums = bits_take(c, trial, count * entries, sizeof *sums);
  for (size_t g = 0; g < p->columns; g++)
    for (size_t r = 0; r < count; r++) {
      const size_t from = order[r] * p->columns + g, to = g * count + r;
      memcpy(max + to * size, (const char *)p->x + from * size, size);
      rest[to] = p->rest[from];
    }
  if (!bits_expect_ok(
          c, trial, smx_group_sums(p->type, max, rest, count, p->columns, extra, p->extra_count, sums, trial->threads)))
    return false;
  bits_scatter(p->group_sums, sums, order, count, entries, entries, sizeof *sums);
  return true;
}

// Offers the classes of rows order[0 ..< count] in pieces, the last ones first unless this is the definition.
static bool find_best(bits_case *c, const bits_trial *trial, const problem *p, const size_t *order, size_t count,
                      bool definition) {
  const size_t size = smx_type_size(p->type), mark = c->block_count;
  smx_best best = {
      .type = p->type, .k = p->k, .log_probability = p->best, .class_id = p->best_class, .count = p->best_count};
  const bool listed = !definition && bits_chance(c, 2);
  for (size_t end = p->columns, begin; end > 0; end = begin) {
    begin = definition || bits_chance(c, 2) ? 0 : bits_below(c, end);
    smx_offer offer = {.rows = count, .columns = end - begin, .row_index = order, .classes = (int64_t)(end - begin)};
    offer.first_class = (int64_t)begin;
    const size_t *columns = bits_order(c, trial, offer.columns, listed);
    char *logit = bits_take(c, trial, count * offer.columns, size), *max = bits_take(c, trial, count, size);
    double *rest = bits_take(c, trial, count, sizeof *rest);
    int64_t *id = bits_take(c, trial, count * offer.columns, sizeof *id);
    size_t *counts = bits_take(c, trial, count, sizeof *counts);
    for (size_t r = 0; r < count; r++) {
      const char *row = (const char *)p->x + order[r] * p->columns * size;
      memcpy(max + r * size, row, size);
      rest[r] = p->rest[order[r] * p->columns];
      counts[r] = offer.columns;
      for (size_t i = 0; i < offer.columns; i++) {
        id[r * offer.columns + i] = (int64_t)columns[i];
        memcpy(logit + (r * offer.columns + i) * size, row + (begin + columns[i]) * size, size);
      }
    }
    offer.logit = logit, offer.max = max, offer.rest = rest;
    offer.base = p->base == NULL ? NULL : bits_with_stride(c, trial, p->base, order, count, 1, 1, size);
    if (listed) offer.class_id = id, offer.count = counts;
    if (!bits_expect_ok(c, trial, smx_best_offer(&best, &offer, trial->threads)) || !bits_release(c, trial, mark))
      return false;
  }
  return true;
}

// What is picked has a share, also of sums that are denormal; nothing is picked of a row without probabilities.
static bool check_picks(bits_case *c, const bits_trial *trial, const problem *p) {
  double *sums = bits_take(c, trial, p->columns, sizeof *sums);
  const double scale = bits_chance(c, 2) ? 1 : 0x1p-1073;
  for (size_t r = 0; r < p->rows; r++) {
    for (size_t i = 0; i < p->columns; i++) sums[i] = p->sums[r * p->columns + i] * scale;
    const double u = bits_chance(c, 4) ? 1 - 0x1p-53 : p->u[r * p->draws];
    double place;
    const size_t picked = smx_pick(sums, p->columns, u, &place);
    const bool has_total = sums[p->columns - 1] > 0;
    if (picked < p->columns ? !(sums[picked] > (picked > 0 ? sums[picked - 1] : 0)) : has_total)
      return bits_fail(c, trial, "entry %zu of row %zu was picked", picked, r);
  }
  return true;
}

static bool run_batch(bits_case *c, const bits_trial *trial, const problem *p, const size_t *order, size_t count,
                      bool definition) {
  const size_t size = smx_type_size(p->type), mark = c->block_count;
  const size_t stride = p->columns + (definition ? 0 : bits_below(c, 3));
  void *x = bits_with_stride(c, trial, p->x, order, count, p->columns, stride, size);
  double *sums = bits_take(c, trial, count * p->columns, sizeof *sums);
  double *u = bits_with_stride(c, trial, p->u, order, count, p->draws, p->draws, sizeof *u);
  int64_t *drawn = bits_take(c, trial, count * p->draws, sizeof *drawn);
  if (!bits_expect_ok(c, trial,
                      smx_running_sums(p->type, x, count, p->columns, stride, p->slope, sums, trial->threads)) ||
      !bits_expect_ok(c, trial,
                      smx_nucleus_draw(p->type, x, count, p->columns, stride, p->slope, p->share, u, p->draws, drawn,
                                       trial->threads, c->workspace)))
    return false;
  for (size_t r = 0; r < count; r++)
    smx_sum(p->type, (const char *)x + r * stride * size, p->columns, &p->total[order[r]]);
  bits_scatter(p->sums, sums, order, count, p->columns, p->columns, sizeof *sums);
  bits_scatter(p->drawn, drawn, order, count, p->draws, p->draws, sizeof *drawn);
  return sum_groups(c, trial, p, order, count) && find_best(c, trial, p, order, count, definition) &&
         bits_release(c, trial, mark);
}

static bool compare(bits_case *c, const bits_trial *trial, const problem *p, const problem *q) {
  const size_t groups = p->columns + p->extra_count;
  return bits_expect_same(c, trial, "total", q->total, p->total, p->rows, 8, -1) &&
         bits_expect_same(c, trial, "sums", q->sums, p->sums, p->rows * p->columns, 8, SMX_F64) &&
         bits_expect_same(c, trial, "group_sums", q->group_sums, p->group_sums, p->rows * groups, 8, SMX_F64) &&
         bits_expect_same(c, trial, "drawn", q->drawn, p->drawn, p->rows * p->draws, 8, -1) &&
         bits_expect_same(c, trial, "best_count", q->best_count, p->best_count, p->rows, sizeof(size_t), -1) &&
         bits_expect_same(c, trial, "best_class", q->best_class, p->best_class, p->rows * p->k, 8, -1) &&
         bits_expect_same(c, trial, "best", q->best, p->best, p->rows * p->k, smx_type_size(p->type), -1);
}

static bool run(bits_case *c, const bits_trial *trial, void *problem_, bool definition) {
  problem *p = problem_, q = *p;
  const size_t mark = c->block_count;
  take_results(c, trial, &q);
  memset(q.best, 0, p->rows * p->k * smx_type_size(p->type)); // entries past a row's count keep this
  memset(q.best_class, 0, p->rows * p->k * sizeof(int64_t));
  memset(q.best_count, 0, p->rows * sizeof(size_t));
  const size_t *order = bits_order(c, trial, p->rows, !definition && bits_chance(c, 2));
  for (size_t begin = 0, count; begin < p->rows; begin += count) {
    size_t rest = p->rows - begin;
    count = definition || bits_chance(c, 2) ? rest : 1 + bits_below(c, rest);
    if (!run_batch(c, trial, &q, order + begin, count, definition)) return false;
  }
  smx_best best = {
      .type = p->type, .k = p->k, .log_probability = q.best, .class_id = q.best_class, .count = q.best_count};
  smx_best_sort(&best, p->rows, trial->threads);
  if (!definition) return compare(c, trial, p, &q) && bits_release(c, trial, mark);
  *p = q;
  return bits_expect_canonical(c, trial, "total", SMX_F64, p->total, p->rows) && check_picks(c, trial, p);
}

bool bits_draws_case(bits_case *c) {
  const bits_trial plain = {.variant = "scalar", .threads = 1, .aligned = true};
  problem p = {.type = bits_chance(c, 3) ? SMX_F64 : SMX_F32};
  const size_t budget = bits_chance(c, 30) ? 50000 : 1000; // from 2^14 and 2^15 entries on, all threads
  p.columns = 1 + bits_below(c, bits_chance(c, 3) ? 700 : 40);
  p.rows = 1 + bits_below(c, budget / p.columns + 3);
  p.extra_count = bits_below(c, 6), p.draws = 1 + bits_below(c, 4), p.k = 1 + bits_below(c, 12);
  p.slope = bits_chance(c, 2) ? 1 : 3 * bits_uniform(c), p.share = bits_chance(c, 4) ? 1 : bits_uniform(c);
  snprintf(c->what, sizeof c->what, "draws %s rows %zu columns %zu k %zu", bits_type_name(p.type), p.rows, p.columns,
           p.k);
  const size_t size = smx_type_size(p.type);
  bits_fill(c, p.type, p.x = bits_take(c, &plain, p.rows * p.columns, size), p.rows, p.columns);
  bits_fill(c, SMX_F64, p.extra = bits_take(c, &plain, p.rows * p.extra_count, 8), p.rows, p.extra_count);
  if (bits_chance(c, 2)) bits_fill(c, p.type, p.base = bits_take(c, &plain, p.rows, size), 1, p.rows);
  p.rest = bits_take(c, &plain, p.rows * p.columns, sizeof *p.rest);
  for (size_t i = 0; i < p.rows * p.columns; i++) p.rest[i] = 8 * bits_uniform(c);
  p.u = bits_take(c, &plain, p.rows * p.draws, sizeof *p.u);
  for (size_t i = 0; i < p.rows * p.draws; i++) p.u[i] = bits_uniform(c);
  return bits_try_all(c, run, &p);
}
