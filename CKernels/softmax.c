// softmax and log-softmax over any dimension; logsumexp.
#include "slices.h"
#include "memory.h"
#include "parallel.h"

// Outputs larger than this are written past the caches: they would only push the inputs out of them.
enum { STREAM_BYTES = 8 << 20 };

// A row that all threads share is cut into parts of whole chunks.
enum { SHARED_ROW = 65536, PART = 16 * SMX_CHUNK };

typedef struct softmax_job {
  smx_slices slices;
  smx_plan plan;
  void *y; // logsumexp only
  size_t row;
  void *max, *factor;
  double *rest;
} softmax_job;

static void softmax_task(void *context, size_t task, int worker) {
  const softmax_job *job = context;
  smx_slices s = smx_task_slices(&job->plan, &job->slices, task, worker, NULL);
  if (job->plan.rows) job->plan.kernels->softmax_rows(&s);
  else job->plan.kernels->softmax_columns(&s);
  smx_fence(s.stream);
}

// One long row over all threads: the (max, rest) of its chunks; what they come to; its results.
static smx_slices part_of(const softmax_job *job, size_t part, int worker, size_t *begin, size_t *end) {
  smx_slices s = job->slices;
  s.scratch = job->plan.memory + (size_t)worker * job->plan.worker_bytes;
  *begin = part * PART;
  *end = s.n - *begin < PART ? s.n : *begin + PART;
  return s;
}

static void part_stats_task(void *context, size_t part, int worker) {
  const softmax_job *job = context;
  size_t begin, end, chunk = part * (PART / SMX_CHUNK), size = job->slices.type == SMX_F64 ? 8 : 4;
  smx_slices s = part_of(job, part, worker, &begin, &end);
  job->plan.kernels->chunk_stats(&s, job->row, begin, end, (char *)job->max + chunk * size, job->rest + chunk);
}

static void part_results_task(void *context, size_t part, int worker) {
  const softmax_job *job = context;
  size_t begin, end;
  smx_slices s = part_of(job, part, worker, &begin, &end);
  job->plan.kernels->write_elements(&s, job->row, begin, end, job->max, job->factor);
  smx_fence(s.stream);
}

static smx_status softmax_shared_rows(softmax_job *job, int threads, smx_workspace *workspace) {
  size_t parts = (job->slices.n + PART - 1) / PART, chunks = smx_chunks(job->slices.n);
  job->plan.team = smx_team(threads, parts);
  size_t array = smx_round_up(chunks * 8, 64);
  char *memory = smx_workspace_reserve(workspace, 3 * array + job->plan.worker_bytes * (size_t)job->plan.team);
  if (memory == NULL) return SMX_OUT_OF_MEMORY;
  job->max = smx_cut(&memory, chunks * 8);
  job->factor = smx_cut(&memory, chunks * 8);
  job->rest = smx_cut(&memory, chunks * 8);
  job->plan.memory = memory;
  for (job->row = 0; job->row < job->plan.slices; job->row++) {
    smx_parallel(parts, job->plan.team, part_stats_task, job);
    job->plan.kernels->finish_chunks(&job->slices, job->max, job->rest, job->factor, NULL);
    smx_parallel(parts, job->plan.team, part_results_task, job);
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
  if (job.plan.rows && n > SHARED_ROW && outer % (size_t)team != 0 && outer < 4 * (size_t)team)
    return softmax_shared_rows(&job, threads, workspace);
  smx_parallel(job.plan.tasks, job.plan.team, softmax_task, &job);
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
    (void)smx_convert(SMX_F32, narrow, s.type, y, s.count, 1);
  }
}

smx_status smx_logsumexp(smx_type type, const void *x, void *y, size_t outer, size_t n, size_t inner, int threads,
                         smx_workspace *workspace) {
  softmax_job job = {.slices = {.type = type, .x = x, .n = n, .inner = inner}, .y = y};
  if (outer == 0 || inner == 0) return SMX_OK;
  smx_status status = smx_plan_slices(&job.plan, &job.slices, outer, 3, 0, threads, workspace);
  if (status != SMX_OK) return status;
  smx_parallel(job.plan.tasks, job.plan.team, logsumexp_task, &job);
  return SMX_OK;
}
