#include "slices.h"
#include "memory.h"
#include "parallel.h"

#include <string.h>

enum {
  TASK_ELEMENTS = 65536, // a task should be worth a few dozen microseconds
  // Times as many where every thread still gets 4 tasks: the first slices of a task are fetched, and the results of the last
  // are written, beside nothing else.
  LONG_TASK = 16,
  LONG_ARRAYS = 1024,      // slices of a long task that keeps numbers of each
  SERIAL_ELEMENTS = 65536, // below this a team costs more than it brings
  SHARED_ROW = 65536,      // elements of a row that all threads may share
  PART = 16 * SMX_CHUNK,   // of it, for a task
};

size_t smx_slices_scratch(smx_type type, size_t n, size_t inner) {
  const size_t real = smx_real_size(type), chunks = smx_chunks(n);
  if (inner == 1 && smx_short(n)) // a block: elements, exponentials, results twice, a few numbers of each slice
    return (5 * SMX_SHORT_BLOCK + 2 * SMX_SHORT_BLOCK_ROWS + 80) * real + 8 * SMX_SHORT_BLOCK_ROWS + 64;
  size_t kept = n * real <= SMX_KEPT_BYTES ? n : 0;
  if (inner == 1) // exponentials, widened elements and a vector, the chunks' maxima, factors and rests, twice
    return (kept + 2 * SMX_GROUP + 4 * chunks + 18) * real + 8 * chunks;
  // The slots; the chunks' max, factor and rest and the slices' own, twice; a buffer.
  size_t width = smx_column_tile(n, real), slots = smx_column_slots(n, smx_column_kept(n, real));
  return (slots * smx_chunk(n) * (width + 16) + (4 * chunks + 3) * width) * real + 2 * (chunks + 1) * width * 8;
}

smx_status smx_plan_slices(smx_plan *plan, const smx_slices *slices, size_t outer, size_t arrays, size_t extra,
                           int threads, smx_workspace *workspace) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant == NULL) return status;
  plan->variant = variant;
  plan->kernels = smx_real(variant, slices->type);
  plan->slices = outer * slices->inner;
  plan->rows = slices->inner == 1;
  const size_t n = slices->n > 0 ? slices->n : 1;
  const size_t tile = !plan->rows    ? smx_column_tile(slices->n, smx_real_size(slices->type))
                      : smx_short(n) ? SMX_SHORT_BLOCK_ROWS
                                     : 1;
  plan->per_task = smx_round_up(TASK_ELEMENTS / n < 1 ? 1 : TASK_ELEMENTS / n, tile);
  const size_t workers = (size_t)smx_team(threads, SIZE_MAX);
  size_t most = plan->slices / (workers > 1 ? 4 * workers : 1);
  if (arrays > 0 && most > LONG_ARRAYS) most = LONG_ARRAYS;
  if (most > LONG_TASK * plan->per_task) most = LONG_TASK * plan->per_task;
  if (most / tile * tile > plan->per_task) plan->per_task = most / tile * tile;
  if (plan->per_task > plan->slices && plan->slices > 0) plan->per_task = plan->slices;
  // Few tiles: narrower ones, so that every thread has work.
  const size_t share = smx_round_up((plan->slices + workers - 1) / workers, 16);
  if (!plan->rows && plan->slices * n >= 2 * TASK_ELEMENTS && share < plan->per_task) plan->per_task = share;
  plan->tasks = (plan->slices + plan->per_task - 1) / plan->per_task;
  plan->shared = plan->rows && n > SHARED_ROW && outer % workers != 0 && outer < 4 * workers;
  plan->parts = plan->shared ? (n + PART - 1) / PART : 0;
  plan->team = plan->slices * n < SERIAL_ELEMENTS ? 1 : smx_team(threads, plan->shared ? plan->parts : plan->tasks);
  plan->kernel_bytes = smx_round_up(smx_slices_scratch(slices->type, slices->n, slices->inner), 64);
  plan->worker_bytes = smx_per_worker(plan->kernel_bytes + arrays * smx_round_up(8 * plan->per_task, 64) + extra);
  const size_t chunks = plan->shared ? smx_chunks(n) * 8 : 0, all = plan->shared ? plan->slices * 8 : 0;
  char *memory = smx_workspace_reserve(workspace, plan->worker_bytes * (size_t)plan->team +
                                                      3 * smx_round_up(chunks, 64) + 2 * smx_round_up(all, 64));
  if (memory == NULL) return SMX_OUT_OF_MEMORY;
  plan->memory = smx_cut(&memory, plan->worker_bytes * (size_t)plan->team);
  plan->chunk_max = smx_cut(&memory, chunks);
  plan->factor = smx_cut(&memory, chunks);
  plan->chunk_rest = smx_cut(&memory, chunks);
  plan->max = smx_cut(&memory, all);
  plan->rest = smx_cut(&memory, all);
  return SMX_OK;
}

smx_slices smx_task_slices(const smx_plan *plan, const smx_slices *all, size_t task, int worker, char **extra) {
  smx_slices s = *all;
  s.first = task * plan->per_task;
  s.count = plan->slices - s.first < plan->per_task ? plan->slices - s.first : plan->per_task;
  s.scratch = plan->memory + (size_t)worker * plan->worker_bytes;
  if (extra != NULL) *extra = (char *)s.scratch + plan->kernel_bytes;
  return s;
}

typedef struct shared_row {
  const smx_plan *plan;
  const smx_slices *slices;
  size_t row;
} shared_row;

smx_slices smx_part(const smx_plan *plan, const smx_slices *slices, size_t part, int worker, size_t *begin,
                    size_t *end) {
  smx_slices s = *slices;
  s.scratch = plan->memory + (size_t)worker * plan->worker_bytes;
  *begin = part * PART;
  *end = s.n - *begin < PART ? s.n : *begin + PART;
  return s;
}

static void part_task(void *context, size_t part, int worker) {
  const shared_row *job = context;
  const smx_plan *plan = job->plan;
  size_t begin, end, chunk = part * (PART / SMX_CHUNK), size = smx_real_size(job->slices->type);
  smx_slices s = smx_part(plan, job->slices, part, worker, &begin, &end);
  s.first = job->row, s.count = 1; // how far may be fetched ahead
  plan->kernels->chunk_stats(&s, job->row, begin, end, (char *)plan->chunk_max + chunk * size,
                             plan->chunk_rest + chunk);
}

void smx_share_row(const smx_plan *plan, const smx_slices *slices, size_t row) {
  shared_row job = {plan, slices, row};
  smx_parallel(plan->parts, plan->team, part_task, &job);
}

void smx_share_stats(const smx_plan *plan, const smx_slices *slices) {
  const size_t size = smx_real_size(slices->type);
  for (size_t row = 0; plan->shared && row < plan->slices; row++) {
    smx_share_row(plan, slices, row);
    plan->kernels->combine(plan->chunk_max, plan->chunk_rest, smx_chunks(slices->n), (char *)plan->max + row * size,
                           plan->rest + row);
  }
}

void smx_stats(const smx_plan *plan, const smx_slices *s, void *max, double *rest) {
  const size_t size = smx_real_size(s->type);
  if (plan->shared) {
    memcpy(max, (const char *)plan->max + s->first * size, s->count * size);
    memcpy(rest, plan->rest + s->first, s->count * sizeof *rest);
  } else if (plan->rows) plan->kernels->stats_rows(s, max, rest);
  else plan->kernels->stats_columns(s, max, rest);
}
