#include "slices.h"
#include "memory.h"
#include "parallel.h"

enum {
  TASK_ELEMENTS = 65536,   // a task should be worth a few dozen microseconds
  SERIAL_ELEMENTS = 65536, // below this a team costs more than it brings
};

size_t smx_slices_scratch(smx_type type, size_t n, size_t inner) {
  size_t real = type == SMX_F64 ? 8 : 4, chunk = smx_chunk(n);
  if (inner == 1 && n <= SMX_SHORT_ROW) // a block: elements, exponentials, results, a few numbers of each slice
    return (4 * SMX_SHORT_BLOCK + 2 * SMX_SHORT_BLOCK_ROWS + 64) * real + 8 * SMX_SHORT_BLOCK_ROWS + 64;
  if (inner == 1) {
    size_t elements = chunk < 4096 ? 4096 : chunk < SMX_LONG_CHUNK ? SMX_LONG_CHUNK : chunk;
    return 2 * elements * real; // a group of exponentials, a group of widened elements
  }
  // The tile, its max, coefficient and rest; a buffer of a chunk; max and rest of a long slice.
  size_t width = smx_column_tile(n), buffer = chunk < SMX_LONG_CHUNK ? SMX_LONG_CHUNK : chunk;
  return ((chunk + 8) * width + buffer) * real + 16 * width;
}

smx_status smx_plan_slices(smx_plan *plan, const smx_slices *slices, size_t outer, size_t arrays, size_t extra,
                           int threads, smx_workspace *workspace) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant == NULL) return status;
  plan->kernels = smx_real(variant, slices->type);
  plan->slices = outer * slices->inner;
  plan->rows = slices->inner == 1;
  size_t n = slices->n > 0 ? slices->n : 1;
  size_t tile = !plan->rows ? smx_column_tile(slices->n) : n <= SMX_SHORT_ROW ? SMX_SHORT_BLOCK_ROWS : 1;
  plan->per_task = smx_round_up(TASK_ELEMENTS / n < 1 ? 1 : TASK_ELEMENTS / n, tile);
  if (plan->per_task > plan->slices && plan->slices > 0) plan->per_task = plan->slices;
  plan->tasks = (plan->slices + plan->per_task - 1) / plan->per_task;
  plan->team = plan->slices * n < SERIAL_ELEMENTS ? 1 : smx_team(threads, plan->tasks);
  plan->kernel_bytes = smx_round_up(smx_slices_scratch(slices->type, slices->n, slices->inner), 64);
  plan->worker_bytes = smx_per_worker(plan->kernel_bytes + arrays * smx_round_up(8 * plan->per_task, 64) + extra);
  plan->memory = smx_workspace_reserve(workspace, plan->worker_bytes * (size_t)plan->team);
  return plan->memory != NULL ? SMX_OK : SMX_OUT_OF_MEMORY;
}

smx_slices smx_task_slices(const smx_plan *plan, const smx_slices *all, size_t task, int worker, char **extra) {
  smx_slices s = *all;
  s.first = task * plan->per_task;
  s.count = plan->slices - s.first < plan->per_task ? plan->slices - s.first : plan->per_task;
  s.scratch = plan->memory + (size_t)worker * plan->worker_bytes;
  if (extra != NULL) *extra = (char *)s.scratch + plan->kernel_bytes;
  return s;
}

void smx_stats(const smx_plan *plan, const smx_slices *s, void *max, double *rest, void *more_max, double *more_rest) {
  const smx_real_kernels *k = plan->kernels;
  size_t chunk = smx_chunk(s->n);
  for (size_t begin = 0; begin == 0 || begin < s->n; begin += chunk) {
    size_t end = s->n - begin < chunk ? s->n : begin + chunk;
    void *m = begin == 0 ? max : more_max;
    double *r = begin == 0 ? rest : more_rest;
    if (plan->rows) k->stats_rows(s, begin, end, m, r);
    else k->stats_columns(s, begin, end, m, r);
    if (begin > 0) k->merge(max, rest, more_max, more_rest, s->count);
    if (chunk == 0) break;
  }
}
