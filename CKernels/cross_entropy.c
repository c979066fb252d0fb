// Negative log-likelihood and cross-entropy, element by element; the reduction is the caller's.
#include "slices.h"
#include "memory.h"
#include "parallel.h"

typedef struct loss_run {
  const smx_cross_entropy_job *job;
  smx_slices slices;
  smx_plan plan;
} loss_run;

static double element(smx_type type, const void *x, size_t index) {
  switch (type) {
  case SMX_F64:
    return ((const double *)x)[index];
  case SMX_F32:
    return ((const float *)x)[index];
  default: {
    float value = 0;
    smx_convert(type, (const uint16_t *)x + index, SMX_F32, &value, 1, 1);
    return value;
  }
  }
}

static void put(smx_type type, void *y, size_t index, double value) {
  if (type == SMX_F64) ((double *)y)[index] = value;
  else ((float *)y)[index] = (float)value;
}

// Elements begin ..< end of slice q of x, one after the other, in the kernels' type.
static const void *slice_elements(const smx_cross_entropy_job *job, const void *x, size_t q, size_t begin, size_t end,
                                  void *buffer) {
  smx_type real = job->type == SMX_F64 ? SMX_F64 : SMX_F32;
  size_t offset = q / job->inner * job->classes * job->inner + q % job->inner;
  if (job->inner == 1) {
    const char *start = (const char *)x + (offset + begin) * smx_type_size(job->type);
    if (real == job->type) return start;
    smx_convert(job->type, start, real, buffer, end - begin, 1);
    return buffer;
  }
  for (size_t i = begin; i < end; i++) put(real, buffer, i - begin, element(job->type, x, offset + i * job->inner));
  return buffer;
}

// sum_c weight[c] q[c] log p[c] with q[c] = keep * p[c] + spread.
static double dot(const loss_run *run, size_t q, double max, double l, const void *p, double keep, double spread,
                  char *buffers) {
  const smx_cross_entropy_job *job = run->job;
  smx_type real = job->type == SMX_F64 ? SMX_F64 : SMX_F32;
  size_t size = smx_type_size(real), piece = SMX_GROUP * size;
  double sum = 0;
  for (size_t begin = 0; begin < job->classes; begin += SMX_GROUP) {
    size_t end = job->classes - begin < SMX_GROUP ? job->classes : begin + SMX_GROUP;
    const void *x = slice_elements(job, job->x, q, begin, end, buffers), *w = NULL, *t = NULL;
    if (job->weight != NULL) {
      w = (const char *)job->weight + begin * smx_type_size(job->type);
      if (real != job->type) smx_convert(job->type, w, real, buffers + piece, end - begin, 1), w = buffers + piece;
    }
    if (p != NULL) t = slice_elements(job, p, q, begin, end, buffers + 2 * piece);
    sum += run->plan.kernels->row_dot(x, end - begin, max, l, w, t, keep, spread);
  }
  return sum;
}

static void loss_task(void *context, size_t task, int worker) {
  const loss_run *run = context;
  const smx_cross_entropy_job *job = run->job;
  char *extra;
  smx_slices s = smx_task_slices(&run->plan, &run->slices, task, worker, &extra);
  smx_type real = job->type == SMX_F64 ? SMX_F64 : SMX_F32;
  size_t inner = job->inner;
  void *max = smx_cut(&extra, s.count * 8), *shift = smx_cut(&extra, s.count * 8), *logit = smx_cut(&extra, 8);
  double *rest = smx_cut(&extra, s.count * 8);
  if (!job->log_probabilities) {
    smx_stats(&run->plan, &s, max, rest);
    run->plan.kernels->log_probability(max, max, rest, NULL, shift, s.count); // -log1p(rest)
  }
  const double smoothing = job->label_smoothing, spread = smoothing / (double)job->classes;
  for (size_t i = 0; i < s.count; i++) {
    size_t q = s.first + i;
    double m = job->log_probabilities ? 0 : element(real, max, i),
           l = job->log_probabilities ? 0 : -element(real, shift, i);
    double loss = 0, weight = 1;
    if (job->target == NULL) {
      loss = -dot(run, q, m, l, job->probabilities, 1 - smoothing, spread, extra);
    } else if (job->target[q] == job->ignore_index) {
      weight = 0;
    } else {
      size_t target = (size_t)job->target[q];
      double x = element(job->type, job->x, (q / inner * job->classes + target) * inner + q % inner);
      double p = x;
      if (!job->log_probabilities) { // in the kernels' type, as log-softmax has it
        put(real, logit, 0, x);
        run->plan.kernels->log_probability(logit, (char *)max + i * smx_type_size(real), rest + i, NULL, logit, 1);
        p = element(real, logit, 0);
      }
      weight = job->weight != NULL ? element(job->type, job->weight, target) : 1;
      double keep = (1 - smoothing) * weight;
      loss = smoothing < 1 ? -keep * p : (p != p ? p : 0);
      if (smoothing > 0) loss -= dot(run, q, m, l, NULL, 0, spread, extra);
    }
    put(real, job->loss, q, loss == loss ? loss : __builtin_nan("")); // one NaN, the same everywhere
    if (job->row_weight != NULL) put(real, job->row_weight, q, weight);
  }
}

smx_status smx_cross_entropy(const smx_cross_entropy_job *job, int threads, smx_workspace *workspace) {
  if (job->outer == 0 || job->inner == 0) return SMX_OK;
  loss_run run = {.job = job, .slices = {.type = job->type, .x = job->x, .n = job->classes, .inner = job->inner}};
  size_t size = job->type == SMX_F64 ? 8 : 4;
  bool dots = job->target == NULL || job->label_smoothing > 0; // every class counts, not the target alone
  smx_status status =
      smx_plan_slices(&run.plan, &run.slices, job->outer, 4, dots ? 3 * SMX_GROUP * size : 0, threads, workspace);
  if (status != SMX_OK) return status;
  smx_parallel(run.plan.tasks, run.plan.team, loss_task, &run);
  return SMX_OK;
}
