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
  size_t row;
  void *max;
  double *rest;
} softmax_job;

static void softmax_task(void *context, size_t task, int worker) {
  const softmax_job *job = context;
  smx_slices s = smx_task_slices(&job->plan, &job->slices, task, worker, NULL);
  if (job->plan.rows) job->plan.kernels->softmax_rows(&s);
  else job->plan.kernels->softmax_columns(&s);
  smx_fence(s.stream);
}

// One long row over all threads: the (max, rest) of its chunks, merged in order; then its results, chunk by chunk.
static smx_slices chunk_of(const softmax_job *job, size_t chunk, int worker, size_t *begin, size_t *end) {
  smx_slices s = job->slices;
  s.first = job->row;
  s.count = 1;
  s.scratch = job->plan.memory + (size_t)worker * job->plan.worker_bytes;
  *begin = chunk * SMX_LONG_CHUNK;
  *end = s.n - *begin < SMX_LONG_CHUNK ? s.n : *begin + SMX_LONG_CHUNK;
  return s;
}

static void long_stats_task(void *context, size_t chunk, int worker) {
  const softmax_job *job = context;
  size_t begin, end, size = job->slices.type == SMX_F64 ? 8 : 4;
  smx_slices s = chunk_of(job, chunk, worker, &begin, &end);
  job->plan.kernels->stats_rows(&s, begin, end, (char *)job->max + chunk * size, job->rest + chunk);
}

static void long_finish_task(void *context, size_t chunk, int worker) {
  const softmax_job *job = context;
  size_t begin, end;
  smx_slices s = chunk_of(job, chunk, worker, &begin, &end);
  job->plan.kernels->finish_row(&s, begin, end, job->max, job->rest);
  smx_fence(s.stream);
}

static smx_status softmax_long_rows(softmax_job *job, int threads, smx_workspace *workspace) {
  size_t chunks = (job->slices.n + SMX_LONG_CHUNK - 1) / SMX_LONG_CHUNK, size = job->slices.type == SMX_F64 ? 8 : 4;
  job->plan.team = smx_team(threads, chunks);
  size_t shared = smx_round_up(chunks * 8, 64) * 2;
  char *memory = smx_workspace_reserve(workspace, shared + job->plan.worker_bytes * (size_t)job->plan.team);
  if (memory == NULL) return SMX_OUT_OF_MEMORY;
  job->max = smx_cut(&memory, chunks * 8);
  job->rest = smx_cut(&memory, chunks * 8);
  job->plan.memory = memory;
  for (job->row = 0; job->row < job->plan.slices; job->row++) {
    smx_parallel(chunks, job->plan.team, long_stats_task, job);
    for (size_t c = 1; c < chunks; c++)
      job->plan.kernels->merge(job->max, job->rest, (char *)job->max + c * size, job->rest + c, 1);
    smx_parallel(chunks, job->plan.team, long_finish_task, job);
  }
  return SMX_OK;
}

smx_status smx_softmax(smx_type type, smx_softmax_kind kind, bool negate, const void *x, void *y, size_t outer,
                       size_t n, size_t inner, int threads, smx_workspace *workspace) {
  softmax_job job = {.slices = {.type = type, .x = x, .y = y, .n = n, .inner = inner, .negate = negate, .kind = kind}};
  if (outer == 0 || n == 0 || inner == 0) return SMX_OK;
  job.slices.stream = outer * n * inner >= STREAM_BYTES / smx_type_size(type);
  smx_status status = smx_plan_slices(&job.plan, &job.slices, outer, 0, 0, threads, workspace);
  if (status != SMX_OK) return status;
  int team = smx_team(threads, SIZE_MAX);
  if (job.plan.rows && n > SMX_LONG_ROW && outer % (size_t)team != 0 && outer < 4 * (size_t)team)
    return softmax_long_rows(&job, threads, workspace);
  smx_parallel(job.plan.tasks, job.plan.team, softmax_task, &job);
  return SMX_OK;
}

static void logsumexp_task(void *context, size_t task, int worker) {
  const softmax_job *job = context;
  char *extra;
  smx_slices s = smx_task_slices(&job->plan, &job->slices, task, worker, &extra);
  void *max = smx_cut(&extra, s.count * 8), *more_max = smx_cut(&extra, s.count * 8);
  double *rest = smx_cut(&extra, s.count * 8), *more_rest = smx_cut(&extra, s.count * 8);
  smx_stats(&job->plan, &s, max, rest, more_max, more_rest);
  size_t size = smx_type_size(s.type);
  char *y = (char *)job->y + s.first * size;
  if (s.type == SMX_F32 || s.type == SMX_F64) {
    job->plan.kernels->log_sum_exp(max, rest, y, s.count);
  } else {
    job->plan.kernels->log_sum_exp(max, rest, more_max, s.count);
    (void)smx_convert(SMX_F32, more_max, s.type, y, s.count, 1);
  }
}

smx_status smx_logsumexp(smx_type type, const void *x, void *y, size_t outer, size_t n, size_t inner, int threads,
                         smx_workspace *workspace) {
  softmax_job job = {.slices = {.type = type, .x = x, .n = n, .inner = inner}, .y = y};
  if (outer == 0 || inner == 0) return SMX_OK;
  smx_status status = smx_plan_slices(&job.plan, &job.slices, outer, 4, 0, threads, workspace);
  if (status != SMX_OK) return status;
  smx_parallel(job.plan.tasks, job.plan.team, logsumexp_task, &job);
  return SMX_OK;
}
