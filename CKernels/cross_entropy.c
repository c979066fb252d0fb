// Negative log-likelihood and cross-entropy, element by element; the reduction is the caller's.
#include "slices.h"
#include "memory.h"
#include "parallel.h"

#include <string.h>

enum {
  SIDE = 16,                // neighbours that are gathered together where slices lie across memory
  PIECE = SMX_GROUP,        // classes at a time
  PIECE_STRIDE = PIECE + 16 // no power of two: pieces begin in different sets of L1
};

typedef struct loss_run {
  const smx_cross_entropy_job *job;
  smx_slices slices;
  smx_plan plan;
  smx_type real; // the kernels' type
  size_t size;   // bytes of its elements
} loss_run;

static double element(const loss_run *run, const void *x, size_t index) {
  const smx_type type = run->job->type;
  if (type == run->real) return smx_real_at(run->size, x, index);
  float value;
  run->plan.variant->convert(type, (const uint16_t *)x + index, SMX_F32, &value, 1);
  return (double)value;
}

// Elements begin ..< end of slices q ..< q + count, in the kernels' type, PIECE_STRIDE apart: where they are, or gathered.
static const char *elements(const loss_run *run, const void *x, size_t q, size_t count, size_t begin, size_t end,
                            char *buffer) {
  const smx_cross_entropy_job *job = run->job;
  const size_t inner = job->inner, width = smx_type_size(job->type);
  const char *from = (const char *)x + ((q / inner * job->classes + begin) * inner + q % inner) * width;
  if (inner == 1 && job->type == run->real) return from;
  if (inner == 1) {
    run->plan.variant->convert(job->type, from, run->real, buffer, end - begin);
    return buffer;
  }
  for (size_t i = 0; i < end - begin; i++, from += inner * width) {
    double side[SIDE];
    const char *element = from;
    if (job->type != run->real)
      run->plan.variant->convert(job->type, from, run->real, side, count), element = (char *)side;
    for (size_t k = 0; k < count; k++)
      memcpy(buffer + (k * PIECE_STRIDE + i) * run->size, element + k * run->size, run->size);
  }
  return buffer;
}

// Whether every class counts, not the target alone.
static bool every_class(const smx_cross_entropy_job *job) { return job->target == NULL || job->label_smoothing > 0; }

static size_t dot_bytes(const loss_run *run) {
  const size_t side = run->job->inner == 1 ? 1 : SIDE;
  return (2 * side + 1) * PIECE_STRIDE * run->size;
}

// sum_c weight[c] q[c] log p[c] with q[c] = keep * p[c] + spread, for slices q ..< q + count, at most SIDE of one run of
// neighbours; one alone where inner is 1.
static void dots(const loss_run *run, size_t q, size_t count, const double *max, const double *l, const void *p,
                 double keep, double spread, char *buffers, double *sum) {
  const smx_cross_entropy_job *job = run->job;
  const size_t stride = PIECE_STRIDE * run->size;
  char *weights = buffers, *left = buffers + stride, *right = left + (job->inner == 1 ? 1 : SIDE) * stride;
  smx_kept_sum kept[SIDE] = {{0}};
  for (size_t begin = 0; begin < job->classes; begin += PIECE) {
    const size_t end = job->classes - begin < PIECE ? job->classes : begin + PIECE;
    const char *x = elements(run, job->x, q, count, begin, end, left), *w = NULL, *t = NULL;
    if (job->weight != NULL) {
      w = (const char *)job->weight + begin * smx_type_size(job->type);
      if (job->type != run->real)
        run->plan.variant->convert(job->type, w, run->real, weights, end - begin), w = weights;
    }
    if (p != NULL) t = elements(run, p, q, count, begin, end, right);
    for (size_t k = 0; k < count; k++) {
      const double part = run->plan.kernels->row_dot(x + k * stride, end - begin, max[k], l[k], w,
                                                     t != NULL ? t + k * stride : NULL, keep, spread);
      smx_keep(&kept[k], part, run->size == 8);
    }
  }
  for (size_t k = 0; k < count; k++) sum[k] = smx_kept(&kept[k]);
}

// (max, rest) of the slices of a task. Long rows that do not count are left out.
static void counted_stats(const loss_run *run, const smx_slices *s, void *max, double *rest) {
  const smx_cross_entropy_job *job = run->job;
  if (job->target == NULL || !run->plan.rows || smx_short(job->classes) || run->plan.shared) {
    smx_stats(&run->plan, s, max, rest);
    return;
  }
  const int64_t *target = job->target + s->first;
  for (size_t i = 0, end; i < s->count; i = end + 1) {
    for (end = i; end < s->count && target[end] != job->ignore_index;) end++;
    smx_slices some = *s;
    some.first += i, some.count = end - i;
    if (some.count > 0) smx_stats(&run->plan, &some, (char *)max + i * run->size, rest + i);
    if (end < s->count) smx_put_real(run->size, max, end, 0), rest[end] = 0;
  }
}

// The loss of slice q and its weight, from its maximum, log1p(rest) and the sum of its dot.
static void put_loss(const loss_run *run, size_t q, double max, double shift, double sum) {
  const smx_cross_entropy_job *job = run->job;
  const double smoothing = job->label_smoothing;
  double loss = 0, weight = 1;
  if (job->target == NULL) {
    loss = -sum;
  } else if (job->target[q] == job->ignore_index) {
    weight = 0;
  } else {
    const size_t target = (size_t)job->target[q], inner = job->inner;
    const size_t first = inner == 1 ? q * job->classes : q / inner * job->classes * inner + q % inner;
    double p = element(run, job->x, first + target * inner);
    if (!job->log_probabilities) // in the kernels' type, as log-softmax has it
      p = run->size == 8 ? (p - max) - shift : ((float)p - (float)max) - (float)shift;
    weight = job->weight != NULL ? element(run, job->weight, target) : 1;
    const double share = (1 - smoothing) * weight;
    loss = share != 0 || p != p || smoothing == 0 ? -share * p : 0; // smoothed: 0 log 0 is 0
    if (smoothing > 0) loss -= sum;
  }
  smx_put_real(run->size, job->loss, q, loss == loss ? loss : __builtin_nan("")); // one NaN, the same everywhere
  if (job->row_weight != NULL) smx_put_real(run->size, job->row_weight, q, weight);
}

static void loss_task(void *context, size_t task, int worker) {
  const loss_run *run = context;
  const smx_cross_entropy_job *job = run->job;
  char *extra;
  const smx_slices s = smx_task_slices(&run->plan, &run->slices, task, worker, &extra);
  const size_t size = run->size, inner = job->inner;
  void *max = smx_cut(&extra, s.count * 8), *shift = smx_cut(&extra, s.count * 8);
  double *rest = smx_cut(&extra, s.count * 8);
  if (!job->log_probabilities) {
    counted_stats(run, &s, max, rest);
    run->plan.kernels->log_probability(max, max, rest, NULL, shift, s.count); // -log1p(rest)
  }
  const double smoothing = job->label_smoothing, spread = smoothing / (double)job->classes;
  const bool every = every_class(job);
  for (size_t i = 0, side; i < s.count; i += side) {
    side = 1;
    if (inner > 1 && every) {
      const size_t run_end = inner - (s.first + i) % inner; // neighbours lie in one run
      side = SIDE < run_end ? SIDE : run_end;
      if (side > s.count - i) side = s.count - i;
    }
    double m[SIDE], l[SIDE], sum[SIDE];
    for (size_t k = 0; k < side; k++) {
      m[k] = job->log_probabilities ? 0 : smx_real_at(size, max, i + k);
      l[k] = job->log_probabilities ? 0 : -smx_real_at(size, shift, i + k);
    }
    const bool ignored = job->target != NULL && side == 1 && job->target[s.first + i] == job->ignore_index;
    if (every && !ignored)
      dots(run, s.first + i, side, m, l, job->probabilities, job->target == NULL ? 1 - smoothing : 0, spread, extra,
           sum);
    // Where log-softmax has no answer the loss has none either, even where all probabilities are 0.
    for (size_t k = 0; k < side && job->classes > 0; k++)
      if (l[k] != l[k]) sum[k] = l[k];
    for (size_t k = 0; k < side; k++) put_loss(run, s.first + i + k, m[k], l[k], every && !ignored ? sum[k] : 0);
  }
}

smx_status smx_cross_entropy(const smx_cross_entropy_job *job, int threads, smx_workspace *workspace) {
  if (job->outer == 0 || job->inner == 0) return SMX_OK;
  loss_run run = {.job = job, .slices = {.type = job->type, .x = job->x, .n = job->classes, .inner = job->inner}};
  run.real = job->type == SMX_F64 ? SMX_F64 : SMX_F32;
  run.size = smx_type_size(run.real);
  smx_status status = smx_plan_slices(&run.plan, &run.slices, job->outer, 3, every_class(job) ? dot_bytes(&run) : 0,
                                      threads, workspace);
  if (status != SMX_OK) return status;
  if (!job->log_probabilities) smx_share_stats(&run.plan, &run.slices);
  smx_parallel(run.plan.tasks, run.plan.team, loss_task, &run);
  return SMX_OK;
}
