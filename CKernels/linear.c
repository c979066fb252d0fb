// Linear layers without their logits: packing, and the one tile driver with its epilogues.
//
// Work is cut into tasks of a row block x a group of class blocks. A task packs its rows once, then for each block of 256
// classes computes the logits tile (L2) and runs the epilogues asked for over it. The (max, rest) of the blocks of a group
// are merged in block order, those of the groups two by two: who computes what never shows in the bits.
#include "variant.h"
#include "candidates.h"
#include "memory.h"
#include "parallel.h"
#include "ranks.h"

#include <string.h>

enum {
  ROW_BLOCK = 192,                  // rows of a tile, about; packed rows and tile fit L2 by depth blocks
  GROUP_CLASSES = SMX_LINEAR_GROUP, // classes of a task: one partial (max, rest) is kept for each row and group
  PASS_ROWS = 4096,                 // rows in flight: bounds the memory of the partials
  PASS_BYTES = 24 << 20,
  STREAM_BYTES = 8 << 20, // panels larger than this are packed past the caches
  // Logits larger than this are written past the caches: smaller ones are still there when they are made log-probabilities.
  STREAM_LOGITS_BYTES = 32 << 20,
  SERIAL_STEPS = 2 << 20, // below this many multiply-adds a team costs more than it brings
};

// ---- Packing --------------------------------------------------------------------------------------------------------

typedef struct pack_job {
  const smx_variant *variant;
  smx_type from, storage;
  char *weight;
  size_t stride, classes, depth;
  char *panels;
} pack_job;

size_t smx_linear_bytes(size_t classes, size_t depth, smx_type storage) {
  return smx_round_up(classes, SMX_PANEL) * depth * smx_type_size(storage);
}

static void pack_task(void *context, size_t panel, int worker) {
  (void)worker;
  const pack_job *job = context;
  size_t size = smx_type_size(job->storage), first = panel * SMX_PANEL;
  size_t rows = job->classes - first < SMX_PANEL ? job->classes - first : SMX_PANEL;
  char *out = job->panels + first * job->depth * size;
  bool stream = job->classes * job->depth * size >= STREAM_BYTES && ((uintptr_t)out & 63) == 0;
  smx_real(job->variant, job->storage)
      ->pack_panel(job->from, job->weight + first * job->stride * smx_type_size(job->from), job->stride, rows,
                   job->depth, job->storage, out, stream);
  smx_fence(stream);
}

static void unpack_task(void *context, size_t panel, int worker) {
  (void)worker;
  const pack_job *job = context;
  enum { DEPTH = 64 };
  double piece[DEPTH];
  size_t size = smx_type_size(job->storage), first = panel * SMX_PANEL;
  size_t rows = job->classes - first < SMX_PANEL ? job->classes - first : SMX_PANEL;
  const char *in = job->panels + first * job->depth * size;
  for (size_t k = 0; k < job->depth; k += DEPTH) {
    size_t length = job->depth - k < DEPTH ? job->depth - k : DEPTH;
    for (size_t r = 0; r < rows; r++) {
      for (size_t i = 0; i < length; i++) memcpy((char *)piece + i * size, in + ((k + i) * SMX_PANEL + r) * size, size);
      job->variant->convert(job->storage, piece, job->from,
                            job->weight + ((first + r) * job->stride + k) * smx_type_size(job->from), length);
    }
  }
}

smx_status smx_linear_pack(smx_type from, const void *weight, size_t stride, size_t classes, size_t depth,
                           smx_type storage, void *panels, int threads) {
  smx_status status;
  pack_job job = {smx_variant_current(&status), from, storage, (char *)weight, stride, classes, depth, panels};
  if (job.variant == NULL) return status;
  size_t tasks = smx_round_up(classes, SMX_PANEL) / SMX_PANEL;
  smx_parallel(tasks, classes * depth < 65536 ? 1 : smx_team(threads, tasks), pack_task, &job);
  return SMX_OK;
}

smx_status smx_linear_unpack(const smx_linear *layer, smx_type to, void *weight, size_t stride, int threads) {
  smx_status status;
  pack_job job = {smx_variant_current(&status), to, layer->storage, weight, stride, layer->classes, layer->depth,
                  (char *)layer->panels};
  if (job.variant == NULL) return status;
  size_t tasks = smx_round_up(layer->classes, SMX_PANEL) / SMX_PANEL;
  smx_parallel(tasks, layer->classes * layer->depth < 65536 ? 1 : smx_team(threads, tasks), unpack_task, &job);
  return SMX_OK;
}

smx_linear smx_linear_slice(const smx_linear *layer, size_t first, size_t count) {
  smx_linear slice = *layer;
  slice.classes = count;
  slice.panels = (const char *)layer->panels + first * layer->depth * smx_type_size(layer->storage);
  if (layer->bias != NULL) slice.bias = (const char *)layer->bias + first * smx_type_size(layer->type);
  return slice;
}

// ---- The tile driver ------------------------------------------------------------------------------------------------

typedef struct linear_run {
  const smx_linear_job *job;
  const smx_variant *variant;
  const smx_real_kernels *kernels;
  size_t size; // bytes of an element of the layer's type
  bool shaped; // logits are scaled, capped or sloped
  double scale, cap, slope;
  size_t first_row, rows; // of this pass
  size_t row_block, row_blocks, groups;
  bool stream;    // logits pass the caches by
  bool by_rows;   // a task is a row block over all groups, else over one
  char *part_max; // [groups, rows]
  double *part_rest, *part_moment;
  char *workers; // scratch, worker_bytes each
  size_t worker_bytes;
  smx_candidates candidates;
  smx_ranks ranks;
} linear_run;

typedef struct linear_worker {
  size_t packed_block; // the row block whose rows are packed, plus one
  char *wide, *packed, *tile, *max, *block_max, *seams;
  double *rest, *block_rest, *moment, *block_moment;
  char *sum;
} linear_worker;

static size_t worker_bytes(const linear_run *run) {
  size_t block = run->row_block, depth = run->job->layer->depth, row = smx_round_up(block * depth * run->size, 64);
  bool wide = smx_type_size(run->job->hidden_type) != run->size;
  return smx_per_worker(smx_round_up(sizeof(linear_worker), 64) + row * (wide ? 2 : 1) +
                        smx_round_up(block * SMX_CLASS_BLOCK * run->size, 64) + 7 * smx_round_up(block * 8, 64) +
                        block * SMX_SEAM_BYTES);
}

static linear_worker *worker_of(const linear_run *run, int worker) {
  return (linear_worker *)(run->workers + (size_t)worker * run->worker_bytes);
}

static void cut_worker(const linear_run *run, int worker) {
  linear_worker *w = worker_of(run, worker);
  char *cursor = (char *)w + smx_round_up(sizeof *w, 64);
  size_t block = run->row_block, row = block * run->job->layer->depth * run->size;
  bool wide = smx_type_size(run->job->hidden_type) != run->size;
  w->packed_block = 0;
  w->packed = smx_cut(&cursor, row);
  w->wide = wide ? smx_cut(&cursor, row) : NULL;
  w->tile = smx_cut(&cursor, block * SMX_CLASS_BLOCK * run->size); // the line before it is read, though not used: FN(seam)
  w->max = smx_cut(&cursor, block * 8);
  w->block_max = smx_cut(&cursor, block * 8);
  w->rest = smx_cut(&cursor, block * 8);
  w->block_rest = smx_cut(&cursor, block * 8);
  w->moment = smx_cut(&cursor, block * 8);
  w->block_moment = smx_cut(&cursor, block * 8);
  w->sum = smx_cut(&cursor, block * 8);
  w->seams = smx_cut(&cursor, block * SMX_SEAM_BYTES);
}

static void pack_rows(const linear_run *run, linear_worker *w, size_t row, size_t rows) {
  const smx_linear_job *job = run->job;
  size_t depth = job->layer->depth, from = run->first_row + row;
  const size_t *index = job->row_index != NULL ? job->row_index + from : NULL;
  const char *hidden = job->hidden;
  size_t width = smx_type_size(job->hidden_type);
  if (index == NULL) hidden += from * job->hidden_stride * width;
  if (w->wide == NULL) {
    run->kernels->pack_rows(hidden, job->hidden_stride, index, rows, depth, w->packed);
    return;
  }
  for (size_t r = 0; r < rows; r++)
    run->variant->convert(job->hidden_type, hidden + (index != NULL ? index[r] : r) * job->hidden_stride * width,
                          job->layer->type, w->wide + r * depth * run->size, depth);
  run->kernels->pack_rows(w->wide, depth, NULL, rows, depth, w->packed);
}

// Where the logits of a block of classes go, if to one place: those of row 0 of the block of rows; else NULL.
static char *whole_logits(const linear_run *run, size_t row, size_t first, size_t classes) {
  const smx_linear_job *job = run->job;
  if (job->logits == NULL || first + classes > job->split) return NULL;
  return (char *)job->logits + ((run->first_row + row) * job->logits_stride + first) * run->size;
}

static void store_logits(const linear_run *run, const char *tile, size_t row, size_t rows, size_t first,
                         size_t classes) {
  const smx_linear_job *job = run->job;
  size_t size = run->size, split = job->split, last = first + classes;
  for (size_t r = 0; r < rows; r++) {
    const char *x = tile + r * SMX_CLASS_BLOCK * size;
    size_t out = run->first_row + row + r, before = last < split ? last : split, after = first > split ? first : split;
    if (job->logits != NULL && first < before)
      memcpy((char *)job->logits + (out * job->logits_stride + first) * size, x, (before - first) * size);
    if (job->logits_after != NULL && after < last)
      memcpy((char *)job->logits_after + (out * job->after_stride + after - split) * size, x + (after - first) * size,
             (last - after) * size);
  }
}

static void pick_targets(const linear_run *run, const char *tile, size_t row, size_t rows, size_t first,
                         size_t classes) {
  const smx_linear_job *job = run->job;
  for (size_t r = 0; r < rows; r++) {
    size_t at = run->first_row + row + r, column = (size_t)job->target[at] - first;
    if (column < classes)
      memcpy((char *)job->target_logit + at * run->size, tile + (r * SMX_CLASS_BLOCK + column) * run->size, run->size);
  }
}

// The (max, rest) of no classes.
static void fill_empty(size_t size, void *max, double *rest, size_t rows) {
  for (size_t r = 0; r < rows; r++) {
    if (size == 8) ((double *)max)[r] = -__builtin_inf();
    else ((float *)max)[r] = -__builtin_inff();
    rest[r] = -1;
  }
}

// One row block over one group of classes.
static void linear_group(const linear_run *run, size_t block, size_t group, int worker) {
  const smx_linear_job *job = run->job;
  const smx_linear *layer = job->layer;
  linear_worker *w = worker_of(run, worker);
  const int lists = run->by_rows ? 0 : worker; // whose candidates these are
  size_t size = run->size;
  size_t row = block * run->row_block, rows = run->rows - row < run->row_block ? run->rows - row : run->row_block;
  size_t begin = group * GROUP_CLASSES,
         end = layer->classes - begin < GROUP_CLASSES ? layer->classes : begin + GROUP_CLASSES;
  bool stats = job->max != NULL;
  if (w->packed_block != block + 1) {
    pack_rows(run, w, row, rows);
    w->packed_block = block + 1;
  }
  if (stats) fill_empty(run->size, w->max, w->rest, rows);
  if (job->moment != NULL) memset(w->moment, 0, rows * sizeof(double));
  if (run->stream) memset(w->seams, 0, rows * SMX_SEAM_BYTES);
  for (size_t c = begin; c < end; c += SMX_CLASS_BLOCK) {
    size_t classes = end - c < SMX_CLASS_BLOCK ? end - c : SMX_CLASS_BLOCK;
    smx_tile_args tile = {
        .packed_rows = w->packed, .rows = rows, .depth = layer->depth, .classes = classes, .tile = w->tile};
    tile.storage = layer->storage;
    tile.panels = (const char *)layer->panels + c * layer->depth * smx_type_size(layer->storage);
    tile.bias = layer->bias != NULL ? (const char *)layer->bias + c * size : NULL;
    run->kernels->tile(&tile);
    if (run->shaped) run->kernels->shape_tile(w->tile, rows, classes, run->scale, run->cap, run->slope);
    char *copy = stats ? whole_logits(run, row, c, classes) : NULL;
    if (stats) {
      run->kernels->tile_stats(w->tile, rows, classes, w->block_max, w->block_rest, copy, job->logits_stride,
                               run->stream ? w->seams : NULL);
      if (job->moment != NULL) {
        run->kernels->tile_moments(w->tile, rows, classes, w->block_max, w->block_moment);
        run->kernels->merge_moments(w->max, w->rest, w->moment, w->block_max, w->block_rest, w->block_moment, rows);
      }
      run->kernels->merge(w->max, w->rest, w->block_max, w->block_rest, rows);
    }
    if (job->target != NULL) pick_targets(run, w->tile, row, rows, c, classes);
    if (copy == NULL && (job->logits != NULL || job->logits_after != NULL))
      store_logits(run, w->tile, row, rows, c, classes);
    if (job->least != NULL) run->kernels->log_sum_exp(w->max, w->rest, w->sum, rows);
    if (job->k > 0)
      smx_candidates_add(&run->candidates, lists, w->tile, stats ? w->block_max : NULL,
                         job->least != NULL ? w->sum : NULL, row, rows, c, classes);
    if (job->low != NULL)
      smx_ranks_add(&run->ranks, worker, w->tile, stats ? w->block_max : NULL, row, rows, c, classes);
  }
  if (run->stream) run->kernels->close_seams(w->seams, rows);
  smx_fence(run->stream);
  if (stats) {
    memcpy(run->part_max + (group * run->rows + row) * size, w->max, rows * size);
    memcpy(run->part_rest + group * run->rows + row, w->rest, rows * sizeof(double));
    if (job->moment != NULL) memcpy(run->part_moment + group * run->rows + row, w->moment, rows * sizeof(double));
  }
}

static void linear_task(void *context, size_t task, int worker) {
  const linear_run *run = context;
  if (!run->by_rows) {
    linear_group(run, task / run->groups, task % run->groups, worker);
    return;
  }
  for (size_t group = 0; group < run->groups; group++) linear_group(run, task, group, worker);
  smx_candidates_end(&run->candidates, task * run->row_block, run->row_block);
}

// The groups of each row, two by two and their sums again: of n groups a row's rest is rounded log2(n) times.
static void merge_groups(const linear_run *run) {
  const smx_linear_job *job = run->job;
  const size_t rows = run->rows, row = rows * run->size;
  for (size_t step = 1; step < run->groups; step *= 2) {
    for (size_t g = 0; g + step < run->groups; g += 2 * step) {
      char *max = run->part_max + g * row, *max2 = max + step * row;
      double *rest = run->part_rest + g * rows, *rest2 = rest + step * rows;
      if (job->moment != NULL) {
        double *moment = run->part_moment + g * rows;
        run->kernels->merge_moments(max, rest, moment, max2, rest2, moment + step * rows, rows);
      }
      run->kernels->merge(max, rest, max2, rest2, rows);
    }
  }
  memcpy((char *)job->max + run->first_row * run->size, run->part_max, row);
  memcpy(job->rest + run->first_row, run->part_rest, rows * sizeof(double));
  if (job->moment != NULL) memcpy(job->moment + run->first_row, run->part_moment, rows * sizeof(double));
}

static void store_groups(const linear_run *run) {
  const smx_linear_job *job = run->job;
  for (size_t g = 0; g < run->groups; g++) {
    size_t from = g * run->rows, to = g * job->rows + run->first_row;
    memcpy((char *)job->group_max + to * run->size, run->part_max + from * run->size, run->rows * run->size);
    memcpy(job->group_rest + to, run->part_rest + from, run->rows * sizeof(double));
  }
}

// Blocks of rows of a pass. A layer of few groups is cut into more of them than caches ask for, so that all workers have
// work: fewer than workers into a multiple of them, for their tasks are equal; others into two tasks for each at least.
static size_t row_blocks(const linear_run *run, size_t workers) {
  const size_t strips = (run->rows + run->kernels->strip - 1) / run->kernels->strip;
  const size_t multiple = run->groups < workers ? workers : (2 * workers + run->groups - 1) / run->groups;
  const size_t blocks = smx_round_up((run->rows + ROW_BLOCK - 1) / ROW_BLOCK, multiple);
  return blocks < strips ? blocks : strips;
}

static smx_status run_pass(linear_run *run, int threads, smx_workspace *workspace) {
  const smx_linear_job *job = run->job;
  bool small = run->rows * job->layer->classes * (job->layer->depth + 16) < SERIAL_STEPS;
  size_t strip = run->kernels->strip, blocks = row_blocks(run, small ? 1 : (size_t)smx_team(threads, SIZE_MAX));
  run->stream = job->logits != NULL && run->rows * job->split >= STREAM_LOGITS_BYTES / run->size;
  int team = small ? 1 : smx_team(threads, blocks * run->groups);
  // Candidates are best searched for by one worker, whose bar has seen all classes before: where there are rows for all
  // workers, a task takes all classes of its rows, and as many tasks as workers or a multiple of them are made. So it is
  // where a list for each worker would take too much memory.
  run->by_rows = job->k > 0 && (run->rows >= (size_t)team * strip ||
                                smx_candidates_bytes(job->k, job->capacity, run->rows, team) > PASS_BYTES);
  if (run->by_rows) blocks = smx_round_up(blocks, (size_t)team);
  run->row_block = (run->rows + blocks - 1) / blocks;
  run->row_blocks = (run->rows + run->row_block - 1) / run->row_block;
  size_t tasks = run->by_rows ? run->row_blocks : run->row_blocks * run->groups;
  int lists = run->by_rows ? 1 : team;
  size_t partials = job->max != NULL ? run->groups * run->rows : 0;
  run->worker_bytes = worker_bytes(run);
  size_t candidate_bytes = job->k > 0 ? smx_candidates_bytes(job->k, job->capacity, run->rows, lists) : 0;
  size_t rank_bytes = job->low != NULL ? smx_ranks_bytes(run->rows, team) : 0;
  size_t moments = job->moment != NULL ? partials : 0;
  char *memory = smx_workspace_reserve(workspace, 2 * smx_round_up(partials * 8, 64) + smx_round_up(moments * 8, 64) +
                                                      run->worker_bytes * (size_t)team + candidate_bytes + rank_bytes);
  if (memory == NULL) return SMX_OUT_OF_MEMORY;
  run->part_max = smx_cut(&memory, partials * 8);
  run->part_rest = smx_cut(&memory, partials * 8);
  run->part_moment = smx_cut(&memory, moments * 8);
  run->workers = smx_cut(&memory, run->worker_bytes * (size_t)team);
  for (int i = 0; i < team; i++) cut_worker(run, i);
  if (job->k > 0)
    smx_candidates_begin(&run->candidates, run->kernels, job, run->first_row, run->rows, lists, run->size, memory);
  memory += candidate_bytes;
  if (job->low != NULL)
    smx_ranks_begin(&run->ranks, run->kernels, job, run->first_row, run->rows, team, run->size, memory);
  smx_parallel(tasks, team, linear_task, run);
  if (job->group_max != NULL) store_groups(run);
  if (job->max != NULL) merge_groups(run);
  if (job->k > 0 && !run->by_rows) smx_candidates_end(&run->candidates, 0, run->rows);
  if (job->low != NULL) smx_ranks_end(&run->ranks);
  return SMX_OK;
}

smx_status smx_linear_run(const smx_linear_job *job, int threads, smx_workspace *workspace) {
  smx_status status;
  linear_run run = {.job = job, .variant = smx_variant_current(&status)};
  if (run.variant == NULL) return status;
  run.kernels = smx_real(run.variant, job->layer->type);
  run.size = smx_type_size(job->layer->type);
  run.scale = job->layer->scale != 0 ? job->layer->scale : 1;
  run.cap = job->layer->cap;
  run.slope = job->slope != 0 ? job->slope : 1;
  run.shaped = run.scale != 1 || run.cap != 0 || run.slope != 1;
  run.groups = (job->layer->classes + GROUP_CLASSES - 1) / GROUP_CLASSES;
  if (run.groups == 0 && job->max != NULL) fill_empty(run.size, job->max, job->rest, job->rows);
  if (run.groups == 0 && job->moment != NULL) memset(job->moment, 0, job->rows * sizeof(double));
  if (run.groups == 0 && job->low != NULL)
    for (size_t r = 0; r < job->rows; r++) job->above_count[r] = job->level_count[r] = 0;
  for (size_t r = 0; run.groups == 0 && job->k > 0 && r < job->rows; r++) {
    job->candidate_count[r] = 0;
    smx_put_real(run.size, job->dropped, r, -__builtin_inf());
  }
  size_t per_row = run.groups * 16 + (job->k > 0 ? smx_candidates_bytes(job->k, job->capacity, 1, 2) : 0);
  size_t pass = PASS_BYTES / (per_row + 1);
  pass = pass > PASS_ROWS ? PASS_ROWS : pass < ROW_BLOCK ? ROW_BLOCK : pass;
  for (size_t row = 0; run.groups > 0 && row < job->rows; row += pass) {
    run.first_row = row;
    run.rows = job->rows - row < pass ? job->rows - row : pass;
    status = run_pass(&run, threads, workspace);
    if (status != SMX_OK) return status;
  }
  return SMX_OK;
}

// ---- Log-probabilities from logits and (max, rest) --------------------------------------------------------------------

smx_status smx_log_probability(smx_type type, const void *logit, const void *max, const double *rest, const void *base,
                               void *out, size_t rows) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant != NULL) smx_real(variant, type)->log_probability(logit, max, rest, base, out, rows);
  return status;
}

smx_status smx_log_sum_exp_of(smx_type type, const void *max, const double *rest, void *out, size_t rows) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant != NULL) smx_real(variant, type)->log_sum_exp(max, rest, out, rows);
  return status;
}

smx_status smx_entropy_of(smx_type type, const void *max, const double *rest, const double *moment, double *out,
                          size_t rows) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant != NULL) smx_real(variant, type)->entropy(max, rest, moment, out, rows);
  return status;
}

typedef struct shift_job {
  const smx_real_kernels *kernels;
  smx_type type;
  char *x;
  size_t rows, columns, stride;
  const void *max, *base;
  const double *rest;
  size_t per_task; // rows
} shift_job;

enum { SHIFT_ROWS = 64 };

static void shift_task(void *context, size_t task, int worker) {
  (void)worker;
  const shift_job *job = context;
  const size_t size = smx_type_size(job->type), first = task * job->per_task;
  const size_t count = job->rows - first < job->per_task ? job->rows - first : job->per_task;
  const char *max = (const char *)job->max + first * size;
  double shifts[SHIFT_ROWS]; // -log1p(rest), in the kernels' type
  job->kernels->log_probability(max, max, job->rest + first, NULL, shifts, count);
  for (size_t i = 0; i < count; i++) {
    const double base = job->base != NULL ? smx_real_at(size, job->base, first + i) : 0;
    job->kernels->shift_row(job->x + (first + i) * job->stride * size, job->columns, smx_real_at(size, max, i),
                            -smx_real_at(size, shifts, i), base);
  }
}

smx_status smx_log_probabilities(smx_type type, void *x, size_t rows, size_t columns, size_t stride, const void *max,
                                 const double *rest, const void *base, int threads) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant == NULL) return status;
  shift_job job = {smx_real(variant, type), type, x, rows, columns, stride, max, base, rest};
  const int team = rows * columns < 65536 ? 1 : smx_team(threads, rows);
  job.per_task = rows / (4 * (size_t)team);
  if (job.per_task < 1) job.per_task = 1;
  if (job.per_task > SHIFT_ROWS) job.per_task = SHIFT_ROWS;
  smx_parallel((rows + job.per_task - 1) / job.per_task, team, shift_task, &job);
  return SMX_OK;
}
