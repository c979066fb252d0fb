// Draws: running sums of probabilities up to a factor, in Double and in one fixed order, which are searched for a draw.
#include "variant.h"
#include "memory.h"
#include "parallel.h"

#include <string.h>

enum { SERIAL_ENTRIES = 1 << 14 }; // fewer are summed before a team has woken up

typedef struct draw_run {
  const smx_variant *variant;
  smx_type type;
  const char *x;
  size_t rows, columns, stride;
  double slope;
  double *sums;
  // Groups
  const double *group_rest, *extra;
  size_t extra_count;
  // Nucleus
  double share;
  const double *u;
  int64_t *drawn;
  size_t draws;
  char *scratch;
  size_t scratch_bytes;
} draw_run;

// The largest number; NaN is none.
static double largest(const double *x, size_t n) {
  double lanes[8];
  for (size_t l = 0; l < 8; l++) lanes[l] = -__builtin_inf();
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (size_t l = 0; l < 8; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
  for (; i < n; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  for (size_t l = 1; l < 8; l++) lanes[0] = lanes[l] > lanes[0] ? lanes[l] : lanes[0];
  return lanes[0];
}

// x = exp(slope (x - max)), and max.
static double exponentials(const smx_variant *variant, double *x, size_t n, double slope) {
  const double max = largest(x, n);
  for (size_t i = 0; i < n; i++) x[i] = slope * (x[i] - max);
  variant->f64.exp(x, x, n);
  return max;
}

static void run_up(double *x, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) x[i] = sum += x[i];
}

static void sums_task(void *context, size_t row, int worker) {
  (void)worker;
  const draw_run *run = context;
  double *sums = run->sums + row * run->columns;
  run->variant->convert(run->type, run->x + row * run->stride * smx_type_size(run->type), SMX_F64, sums, run->columns);
  exponentials(run->variant, sums, run->columns, run->slope);
  run_up(sums, run->columns);
}

smx_status smx_running_sums(smx_type type, const void *x, size_t rows, size_t columns, size_t stride, double slope,
                            double *sums, int threads) {
  smx_status status;
  draw_run run = {smx_variant_current(&status), type, x, rows, columns, stride, slope, sums};
  if (run.variant == NULL) return status;
  smx_parallel(rows, rows * columns < SERIAL_ENTRIES ? 1 : smx_team(threads, rows), sums_task, &run);
  return SMX_OK;
}

static void groups_task(void *context, size_t row, int worker) {
  (void)worker;
  const draw_run *run = context;
  const size_t groups = run->columns, size = smx_type_size(run->type), entries = groups + run->extra_count;
  double *sums = run->sums + row * entries;
  for (size_t g = 0; g < groups; g++) {
    const char *max = run->x + (g * run->rows + row) * size;
    sums[g] = size == 8 ? *(const double *)max : (double)*(const float *)max;
  }
  if (run->extra_count > 0) memcpy(sums + groups, run->extra + row * run->extra_count, run->extra_count * sizeof *sums);
  exponentials(run->variant, sums, entries, 1);
  for (size_t g = 0; g < groups; g++) sums[g] *= 1 + run->group_rest[g * run->rows + row]; // NaN even where 0 times it
  run_up(sums, entries);
}

smx_status smx_group_sums(smx_type type, const void *group_max, const double *group_rest, size_t rows, size_t groups,
                          const double *extra, size_t extra_count, double *sums, int threads) {
  smx_status status;
  draw_run run = {.variant = smx_variant_current(&status),
                  .type = type,
                  .x = group_max,
                  .rows = rows,
                  .columns = groups,
                  .sums = sums,
                  .group_rest = group_rest,
                  .extra = extra,
                  .extra_count = extra_count};
  if (run.variant == NULL) return status;
  bool small = rows * (groups + extra_count) < SERIAL_ENTRIES;
  smx_parallel(rows, small ? 1 : smx_team(threads, rows), groups_task, &run);
  return SMX_OK;
}

size_t smx_pick(const double *sums, size_t n, double u, double *place) {
  const double total = n > 0 ? sums[n - 1] : 0;
  if (!(total > 0 && total < __builtin_inf())) return n;
  const double target = u * total; // below the total, for u is at least 2^-53 below 1, or a denormal total itself
  size_t low = 0, high = n - 1;    // the first sum above the target, or the first that is the total, is in low ... high
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sums[middle] > target || sums[middle] == total) high = middle;
    else low = middle + 1;
  }
  const double before = low > 0 ? sums[low - 1] : 0, within = (target - before) / (sums[low] - before);
  *place = within > 0 ? within < 1 - 0x1p-53 ? within : 1 - 0x1p-53 : 0;
  return low;
}

// ---- The nucleus ----------------------------------------------------------------------------------------------------

// Entries are sorted into buckets by how far they lie below the largest; only that one is put in order, as far as it has to
// be, in which the nucleus ends.
enum { BUCKETS = 2048, BUCKETS_PER_UNIT = 64 };

typedef struct nucleus_entry {
  double x;
  size_t id;
} nucleus_entry;

static bool better(nucleus_entry a, nucleus_entry b) { return a.x > b.x || (a.x == b.x && a.id < b.id); }

// Moves entry i of a heap, none of which is better than the one above it, down to its place.
static void sink(nucleus_entry *heap, size_t i, size_t count) {
  const nucleus_entry entry = heap[i];
  for (size_t child; (child = 2 * i + 1) < count; i = child) {
    if (child + 1 < count && better(heap[child + 1], heap[child])) child++;
    if (!better(heap[child], entry)) break;
    heap[i] = heap[child];
  }
  heap[i] = entry;
}

static size_t bucket_of(double x, double max) {
  const double below = (max - x) * BUCKETS_PER_UNIT;
  return below < BUCKETS - 1 ? (size_t)below : BUCKETS - 1;
}

// The last entry of the nucleus, best first.
static nucleus_entry nucleus_end(const double *x, const double *mass, size_t n, double max, double share,
                                 nucleus_entry *order) {
  double in[BUCKETS] = {0}, total = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    total += mass[i];
    if (x[i] == x[i]) in[bucket_of(x[i], max)] += mass[i];
  }
  size_t last = 0;
  while (last < BUCKETS - 1 && sum + in[last] < share * total) sum += in[last++];
  size_t count = 0;
  for (size_t i = 0; i < n; i++)
    if (x[i] == x[i] && bucket_of(x[i], max) == last) order[count++] = (nucleus_entry){x[i], i};
  for (size_t i = count / 2; i > 0; i--) sink(order, i - 1, count);
  nucleus_entry end = {-__builtin_inf(), n};
  while (count > 0) {
    end = order[0];
    order[0] = order[--count];
    if (count > 0) sink(order, 0, count);
    if (!((sum += mass[end.id]) < share * total)) break;
  }
  return end;
}

static void nucleus_task(void *context, size_t row, int worker) {
  const draw_run *run = context;
  const size_t n = run->columns;
  char *cursor = run->scratch + (size_t)worker * run->scratch_bytes;
  double *x = smx_cut(&cursor, n * sizeof(double)), *mass = smx_cut(&cursor, n * sizeof(double));
  nucleus_entry *order = smx_cut(&cursor, n * sizeof *order);
  run->variant->convert(run->type, run->x + row * run->stride * smx_type_size(run->type), SMX_F64, x, n);
  memcpy(mass, x, n * sizeof *mass);
  const double max = exponentials(run->variant, mass, n, run->slope);
  const nucleus_entry end = nucleus_end(x, mass, n, max, run->share, order);
  for (size_t i = 0; i < n; i++)
    if (x[i] < end.x || (x[i] == end.x && i > end.id)) mass[i] = 0;
  run_up(mass, n);
  for (size_t d = 0; d < run->draws; d++) {
    double place;
    const size_t found = smx_pick(mass, n, run->u[row * run->draws + d], &place);
    run->drawn[row * run->draws + d] = found < n ? (int64_t)found : -1;
  }
}

smx_status smx_nucleus_draw(smx_type type, const void *x, size_t rows, size_t columns, size_t stride, double slope,
                            double share, const double *u, size_t draws, int64_t *drawn, int threads,
                            smx_workspace *workspace) {
  smx_status status;
  draw_run run = {smx_variant_current(&status), type, x, rows, columns, stride, slope};
  if (run.variant == NULL || rows == 0) return status;
  run.share = share, run.u = u, run.draws = draws, run.drawn = drawn;
  const int team = rows * columns < SERIAL_ENTRIES ? 1 : smx_team(threads, rows);
  run.scratch_bytes =
      smx_per_worker(2 * smx_round_up(columns * 8, 64) + smx_round_up(columns * sizeof(nucleus_entry), 64));
  run.scratch = smx_workspace_reserve(workspace, run.scratch_bytes * (size_t)team);
  if (run.scratch == NULL) return SMX_OUT_OF_MEMORY;
  smx_parallel(rows, team, nucleus_task, &run);
  return SMX_OK;
}
