// softmax and log-softmax over any dimension; logsumexp.
#include "slices.h"
#include "memory.h"
#include "parallel.h"

// Outputs larger than this are written past the caches: they would only push the inputs out of them.
enum { STREAM_BYTES = 8 << 20 };

typedef struct softmax_job {
  smx_slices slices;
  smx_plan plan;
  void *y; // logsumexp only
} softmax_job;

static void softmax_task(void *context, size_t task, int worker) {
  const softmax_job *job = context;
  smx_slices s = smx_task_slices(&job->plan, &job->slices, task, worker, NULL);
  if (job->plan.rows) job->plan.kernels->softmax_rows(&s);
  else job->plan.kernels->softmax_columns(&s);
  smx_fence(s.stream);
}

smx_status smx_softmax(smx_type type, smx_softmax_kind kind, bool negate, const void *x, void *y, size_t outer,
                       size_t n, size_t inner, int threads, smx_workspace *workspace) {
  softmax_job job = {.slices = {.type = type, .x = x, .y = y, .n = n, .inner = inner, .negate = negate, .kind = kind}};
  if (outer == 0 || n == 0 || inner == 0) return SMX_OK;
  job.slices.stream = outer * n * inner >= STREAM_BYTES / smx_type_size(type);
  smx_status status = smx_plan_slices(&job.plan, &job.slices, outer, 0, 0, threads, workspace);
  if (status != SMX_OK) return status;
  if (job.plan.shared) smx_share_softmax(&job.plan, &job.slices);
  else smx_parallel(job.plan.tasks, job.plan.team, softmax_task, &job);
  return SMX_OK;
}

static void logsumexp_task(void *context, size_t task, int worker) {
  const softmax_job *job = context;
  char *extra;
  smx_slices s = smx_task_slices(&job->plan, &job->slices, task, worker, &extra);
  void *max = smx_cut(&extra, s.count * 8), *narrow = smx_cut(&extra, s.count * 8);
  double *rest = smx_cut(&extra, s.count * 8);
  smx_stats(&job->plan, &s, max, rest);
  size_t size = smx_type_size(s.type);
  char *y = (char *)job->y + s.first * size;
  if (s.type == SMX_F32 || s.type == SMX_F64) {
    job->plan.kernels->log_sum_exp(max, rest, y, s.count);
  } else {
    job->plan.kernels->log_sum_exp(max, rest, narrow, s.count);
    job->plan.variant->convert(SMX_F32, narrow, s.type, y, s.count);
  }
}

smx_status smx_logsumexp(smx_type type, const void *x, void *y, size_t outer, size_t n, size_t inner, int threads,
                         smx_workspace *workspace) {
  softmax_job job = {.slices = {.type = type, .x = x, .n = n, .inner = inner}, .y = y};
  if (outer == 0 || inner == 0) return SMX_OK;
  smx_status status = smx_plan_slices(&job.plan, &job.slices, outer, 3, 0, threads, workspace);
  if (status != SMX_OK) return status;
  smx_share_stats(&job.plan, &job.slices);
  smx_parallel(job.plan.tasks, job.plan.team, logsumexp_task, &job);
  return SMX_OK;
}
