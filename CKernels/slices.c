#include "slices.h"
#include "memory.h"
#include "parallel.h"

#include <string.h>

enum {
  TASK_ELEMENTS = 65536, // a task should be worth a few dozen microseconds
  // Times as many where every thread still gets 4 tasks: the first slices of a task are fetched, and the results of the last
  // are written, beside nothing else.
  LONG_TASK = 64,
  LONG_ARRAYS = 1024,      // slices of a long task that keeps numbers of each
  SERIAL_ELEMENTS = 65536, // below this a team costs more than it brings
  SHARED_ROW = 65536,      // elements of slices that all threads may share: longer ones
  SHARED_COLUMN = 16 * SMX_CHUNK,
  SIDE = 16, // columns that fill a vector of any type
};

size_t smx_slices_scratch(smx_type type, size_t n, size_t inner) {
  const size_t real = smx_real_size(type), chunks = smx_chunks(n);
  if (inner == 1 && smx_short(n)) // a block: elements, exponentials, results twice, a few numbers of each slice
    return (5 * SMX_SHORT_BLOCK + 2 * SMX_SHORT_BLOCK_ROWS + 80) * real + 8 * SMX_SHORT_BLOCK_ROWS + 64;
  size_t kept = n * real <= SMX_KEPT_BYTES ? n : 0;
  if (inner == 1) { // exponentials, widened elements, the chunks' rests, and maxima and factors, twice; in whole vectors
    const size_t elements = SMX_SEAM + kept + 2 * SMX_GROUP + 4 * chunks + 36 * SIDE;
    return (smx_abreast(n) && elements < SMX_ABREAST_SCRATCH ? SMX_ABREAST_SCRATCH : elements) * real + 8 * chunks;
  }
  // The slots; the chunks' max, factor and rest and the slices' own, twice; the seams; a buffer.
  size_t width = smx_column_tile(type, n), slots = smx_column_slots(n, smx_column_kept(type, n));
  const size_t sewn = chunks <= SMX_SEWN_CHUNKS ? n : 0, slot = smx_chunk(n) * (width + 16);
  return (SIDE + slots * slot + (4 * chunks + 3) * width + sewn * SIDE) * real + 2 * (chunks + 1) * width * 8;
}

// Slices for a task: worth a few dozen microseconds, whole tiles, and more where every thread still gets 4 tasks.
static size_t per_task(size_t slices, size_t n, size_t tile, size_t workers, bool arrays) {
  size_t count = smx_round_up(TASK_ELEMENTS / n < 1 ? 1 : TASK_ELEMENTS / n, tile);
  size_t most = slices / (workers > 1 ? 4 * workers : 1);
  if (arrays && most > LONG_ARRAYS) most = LONG_ARRAYS;
  if (most > LONG_TASK * count) most = LONG_TASK * count;
  if (most / tile * tile > count) count = most / tile * tile;
  return count > slices && slices > 0 ? slices : count;
}

static size_t tile_of(smx_type type, size_t n, bool rows) {
  return !rows ? smx_column_tile(type, n) : smx_short(n) ? SMX_SHORT_BLOCK_ROWS : 1;
}

// Whether slices are shared: where that is less work for each thread. Rows whose exponentials would be kept cost half as
// much again, for they are then computed twice.
static bool sharing_pays(const smx_plan *plan, const smx_slices *s, size_t outer, size_t workers) {
  const bool twice = plan->rows && s->y != NULL && s->n * smx_real_size(s->type) <= SMX_KEPT_BYTES;
  const size_t time = smx_round_up(plan->tasks, workers) * smx_round_up(plan->per_task, plan->rows ? 1 : SIDE);
  return s->n > (plan->rows ? SHARED_ROW : SHARED_COLUMN) && outer < 4 * workers &&
         plan->slices * (twice ? 3 : 2) < 2 * time;
}

// Cuts the chunks of an [n, inner] into parts; returns the bytes of scratch that a worker needs for one, or for a slice's
// chunks.
static size_t cut_into_parts(smx_plan *plan, const smx_slices *s, size_t workers) {
  const size_t inner = s->inner, whole = s->n / SMX_CHUNK * inner, left = s->n % SMX_CHUNK;
  plan->per_task = plan->rows ? 1 : SIDE;
  plan->tasks = (plan->slices + plan->per_task - 1) / plan->per_task;
  plan->per_part = per_task(whole, SMX_CHUNK, tile_of(s->type, SMX_CHUNK, plan->rows), workers, false);
  // Even parts: a slice is seldom many tasks' worth of elements.
  const size_t turns = workers * ((whole + workers * plan->per_part - 1) / (workers * plan->per_part));
  const size_t even = smx_round_up((whole + turns - 1) / turns, plan->rows ? 1 : SIDE);
  if (even < plan->per_part) plan->per_part = even;
  if (inner < plan->per_part) plan->per_part = plan->per_part / inner * inner; // whole chunks
  plan->whole_parts = (whole + plan->per_part - 1) / plan->per_part;
  plan->parts = plan->whole_parts + (left > 0);
  const size_t needs[] = {smx_slices_scratch(s->type, SMX_CHUNK, inner), smx_slices_scratch(s->type, left, inner),
                          3 * smx_round_up(smx_chunks(s->n) * 8, 64)};
  size_t most = needs[0];
  for (int i = 1; i < 3; i++) most = needs[i] > most ? needs[i] : most;
  return most;
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
  const size_t n = slices->n > 0 ? slices->n : 1, workers = (size_t)smx_team(threads, SIZE_MAX);
  plan->per_task = per_task(plan->slices, n, tile_of(slices->type, slices->n, plan->rows), workers, arrays > 0);
  // Few tiles: narrower ones, so that every thread has work.
  const size_t share = smx_round_up((plan->slices + workers - 1) / workers, SIDE);
  if (!plan->rows && plan->slices * n >= 2 * TASK_ELEMENTS && share < plan->per_task) plan->per_task = share;
  plan->tasks = (plan->slices + plan->per_task - 1) / plan->per_task;
  size_t kernel_bytes = 0, cells = 0, all = 0;
  plan->shared = sharing_pays(plan, slices, outer, workers);
  if (plan->shared) {
    kernel_bytes = cut_into_parts(plan, slices, workers);
    cells = (smx_chunks(n) * slices->inner + SIDE) * 8;
    all = plan->slices * 8;
  } else {
    kernel_bytes = smx_slices_scratch(slices->type, slices->n, slices->inner);
  }
  plan->team = plan->slices * n < SERIAL_ELEMENTS ? 1 : smx_team(threads, plan->shared ? plan->parts : plan->tasks);
  plan->kernel_bytes = smx_round_up(kernel_bytes, 64);
  plan->worker_bytes = smx_per_worker(plan->kernel_bytes + arrays * smx_round_up(8 * plan->per_task, 64) + extra);
  char *memory = smx_workspace_reserve(workspace, plan->worker_bytes * (size_t)plan->team +
                                                      3 * smx_round_up(cells, 64) + 2 * smx_round_up(all, 64));
  if (memory == NULL) return SMX_OUT_OF_MEMORY;
  plan->memory = smx_cut(&memory, plan->worker_bytes * (size_t)plan->team);
  plan->chunk_max = smx_cut(&memory, cells);
  plan->factor = smx_cut(&memory, cells);
  plan->chunk_rest = smx_cut(&memory, cells);
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

typedef struct share {
  const smx_plan *plan;
  const smx_slices *slices;
  size_t outer; // at hand
  bool write;   // softmax, not (max, rest)
} share;

// The chunks of a part as slices, and where they are among all chunks, [chunks, inner].
static smx_slices part_of(const share *job, size_t part, int worker, size_t *cell) {
  const smx_plan *plan = job->plan;
  smx_slices s = *job->slices;
  const size_t chunks = s.n / SMX_CHUNK, begin = part < plan->whole_parts ? 0 : chunks * SMX_CHUNK;
  const size_t offset = (job->outer * s.n + begin) * s.inner * smx_type_size(s.type);
  const size_t all = begin == 0 ? chunks * s.inner : s.inner;
  s.x = (const char *)s.x + offset;
  if (s.y != NULL) s.y = (char *)s.y + offset;
  s.n = begin == 0 ? SMX_CHUNK : s.n - begin;
  s.first = begin == 0 ? part * plan->per_part : 0;
  s.count = begin == 0 && all - s.first > plan->per_part ? plan->per_part : all - s.first;
  s.scratch = plan->memory + (size_t)worker * plan->worker_bytes;
  *cell = begin / SMX_CHUNK * s.inner + s.first;
  return s;
}

static void stats_task(void *context, size_t part, int worker) {
  const share *job = context;
  size_t cell;
  const smx_slices s = part_of(job, part, worker, &cell);
  char *max = (char *)job->plan->chunk_max + cell * smx_real_size(s.type);
  if (job->plan->rows) job->plan->kernels->stats_rows(&s, max, job->plan->chunk_rest + cell);
  else job->plan->kernels->stats_columns(&s, max, job->plan->chunk_rest + cell);
}

static void write_task(void *context, size_t part, int worker) {
  const share *job = context;
  size_t cell;
  const smx_slices s = part_of(job, part, worker, &cell);
  const size_t at = cell * smx_real_size(s.type);
  const char *max = (const char *)job->plan->chunk_max + at, *factor = (const char *)job->plan->factor + at;
  if (job->plan->rows) job->plan->kernels->write_rows(&s, max, factor);
  else job->plan->kernels->write_columns(&s, max, factor);
  smx_fence(s.stream);
}

// y[i * to] = x[i * from]
static void copy_cells(size_t size, const void *x, size_t from, void *y, size_t to, size_t count) {
  for (size_t i = 0; i < count; i++) memcpy((char *)y + i * to * size, (const char *)x + i * from * size, size);
}

// Slice k of the [n, inner] at hand: its (max, rest), or what its chunks are written with.
static void slice_task(void *context, size_t k, int worker) {
  const share *job = context;
  const smx_plan *plan = job->plan;
  const size_t size = smx_real_size(job->slices->type), inner = job->slices->inner, chunks = smx_chunks(job->slices->n);
  const size_t q = job->outer * inner + k;
  char *cursor = plan->memory + (size_t)worker * plan->worker_bytes;
  void *max = smx_cut(&cursor, chunks * 8), *factor = smx_cut(&cursor, chunks * 8);
  double *rest = smx_cut(&cursor, chunks * 8);
  char *chunk_max = (char *)plan->chunk_max + k * size;
  copy_cells(size, chunk_max, inner, max, 1, chunks);
  copy_cells(8, plan->chunk_rest + k, inner, rest, 1, chunks);
  if (!job->write) {
    plan->kernels->combine(max, rest, chunks, (char *)plan->max + q * size, plan->rest + q);
    return;
  }
  plan->kernels->finish_chunks(job->slices, max, rest, factor, NULL);
  copy_cells(size, max, 1, chunk_max, inner, chunks);
  copy_cells(size, factor, 1, (char *)plan->factor + k * size, inner, chunks);
}

static void each_outer(share *job) {
  const size_t inner = job->slices->inner, outer = job->plan->slices / inner;
  for (job->outer = 0; job->outer < outer; job->outer++) {
    smx_parallel(job->plan->parts, job->plan->team, stats_task, job);
    smx_parallel(inner, job->plan->team, slice_task, job);
    if (job->write) smx_parallel(job->plan->parts, job->plan->team, write_task, job);
  }
}

void smx_share_softmax(const smx_plan *plan, const smx_slices *slices) {
  share job = {plan, slices, 0, true};
  each_outer(&job);
}

void smx_share_stats(const smx_plan *plan, const smx_slices *slices) {
  share job = {plan, slices, 0, false};
  if (plan->shared) each_outer(&job);
}

void smx_stats(const smx_plan *plan, const smx_slices *s, void *max, double *rest) {
  const size_t size = smx_real_size(s->type);
  if (plan->shared) {
    memcpy(max, (const char *)plan->max + s->first * size, s->count * size);
    memcpy(rest, plan->rest + s->first, s->count * sizeof *rest);
  } else if (plan->rows) plan->kernels->stats_rows(s, max, rest);
  else plan->kernels->stats_columns(s, max, rest);
}
