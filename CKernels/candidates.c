#include "candidates.h"
#include "memory.h"

#include <string.h>

size_t smx_candidates_bytes(size_t k, size_t capacity, size_t rows, int team) {
  size_t lists = rows * (size_t)team;
  return 3 * smx_round_up(lists * 8, 64) + smx_round_up(lists * k * 8, 64) + 2 * smx_round_up(lists * capacity * 8, 64);
}

void smx_candidates_begin(smx_candidates *c, const smx_real_kernels *kernels, const smx_linear_job *job,
                          size_t first_row, size_t rows, int team, size_t size, char *memory) {
  size_t lists = rows * (size_t)team;
  *c = (smx_candidates){.kernels = kernels,
                        .job = job,
                        .first_row = first_row,
                        .rows = rows,
                        .k = job->k,
                        .capacity = job->capacity,
                        .size = size,
                        .team = team};
  c->bar = smx_cut(&memory, lists * 8);
  c->dropped = smx_cut(&memory, lists * 8);
  c->count = smx_cut(&memory, lists * 8);
  c->best = smx_cut(&memory, lists * c->k * 8);
  c->logit = smx_cut(&memory, lists * c->capacity * 8);
  c->id = smx_cut(&memory, lists * c->capacity * 8);
  for (size_t i = 0; i < lists; i++) c->bar[i] = c->dropped[i] = -__builtin_inf(), c->count[i] = 0;
  for (size_t i = 0; i < lists * c->k; i++) c->best[i] = -__builtin_inf();
}

// Replaces the least of the k best.
static void raise_bar(double *heap, size_t k, double logit) {
  size_t i = 0;
  for (;;) {
    size_t child = 2 * i + 1;
    if (child >= k) break;
    if (child + 1 < k && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= logit) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = logit;
}

// Well beyond what rounding x - max, - log1p(rest) and + base can make equal, but for what they make -inf.
static double margin(double bar, size_t size) {
  double epsilon = size == 8 ? 0x1p-52 : 0x1p-23;
  return 64 * epsilon * (32 + (bar < 0 ? -bar : bar));
}

// Drops what lies below the bar by more than the margin; if that makes no room, the least entry.
static size_t make_room(double *logit, int64_t *id, size_t count, size_t capacity, double bar, size_t size,
                        double *dropped) {
  double floor = bar - margin(bar, size);
  size_t kept = 0, least = 0;
  for (size_t i = 0; i < count; i++) {
    if (logit[i] < floor) {
      if (logit[i] > *dropped) *dropped = logit[i];
      continue;
    }
    logit[kept] = logit[i];
    id[kept++] = id[i];
  }
  if (kept < capacity) return kept;
  for (size_t i = 1; i < kept; i++)
    if (logit[i] < logit[least]) least = i;
  if (logit[least] > *dropped) *dropped = logit[least];
  memmove(logit + least, logit + least + 1, (kept - least - 1) * sizeof *logit);
  memmove(id + least, id + least + 1, (kept - least - 1) * sizeof *id);
  return kept - 1;
}

typedef struct list {
  double *bar, *dropped, *best, *logit;
  int64_t *id;
  size_t *count;
} list;

static list list_of(const smx_candidates *c, int worker, size_t row) {
  size_t at = (size_t)worker * c->rows + row;
  return (list){
      c->bar + at,  c->dropped + at, c->best + at * c->k, c->logit + at * c->capacity, c->id + at * c->capacity,
      c->count + at};
}

static void append(const smx_candidates *c, list l, double logit, int64_t id) {
  if (!(logit > *l.bar)) return;
  raise_bar(l.best, c->k, logit);
  if (l.best[0] > *l.bar) *l.bar = l.best[0];
  if (*l.count == c->capacity) *l.count = make_room(l.logit, l.id, *l.count, c->capacity, *l.bar, c->size, l.dropped);
  l.logit[*l.count] = logit;
  l.id[(*l.count)++] = id;
}

// The logit that a class needs at least for its log-probability, rounded, to reach what is wanted: log-sum-exp over all
// classes is at least that over some.
static double wanted(const smx_candidates *c, size_t row, double sum) {
  const size_t at = c->first_row + row;
  const double base = smx_real_at(c->size, c->job->base, at), least = smx_real_at(c->size, c->job->least, at);
  return least - base + sum - margin(least, c->size) - margin(base, c->size) - margin(sum, c->size);
}

void smx_candidates_add(const smx_candidates *c, int worker, const void *tile, const void *tile_max, const void *sum,
                        size_t row, size_t rows, size_t first, size_t classes) {
  uint16_t positions[SMX_CLASS_BLOCK];
  for (size_t r = 0; r < rows; r++) {
    const char *x = (const char *)tile + r * SMX_CLASS_BLOCK * c->size;
    list l = list_of(c, worker, row + r);
    if (sum != NULL) {
      double bar = wanted(c, row + r, smx_real_at(c->size, sum, r));
      if (bar > *l.bar) *l.bar = bar;
    }
    if (tile_max != NULL && !(smx_real_at(c->size, tile_max, r) > *l.bar)) continue;
    size_t found = c->kernels->above(x, classes, *l.bar, positions);
    for (size_t i = 0; i < found; i++) {
      size_t p = positions[i];
      append(c, l, smx_real_at(c->size, x, p), (int64_t)(first + p));
    }
  }
}

// Joins the workers' lists of a row by class order through one more list's rules.
static void join_row(const smx_candidates *c, size_t row) {
  const smx_linear_job *job = c->job;
  size_t out = c->first_row + row, count = 0;
  double bar = -__builtin_inf(), dropped = bar;
  // The k-th best over all workers: a class below it by more than the margin is out.
  list first = list_of(c, 0, row);
  for (int w = 1; w < c->team; w++) {
    list l = list_of(c, w, row);
    for (size_t i = 0; i < c->k; i++)
      if (l.best[i] > first.best[0]) raise_bar(first.best, c->k, l.best[i]);
  }
  bar = first.best[0];
  size_t next[c->team];
  for (int w = 0; w < c->team; w++) {
    next[w] = 0;
    double lost = *list_of(c, w, row).dropped;
    if (lost > dropped) dropped = lost;
  }
  double floor = bar - margin(bar, c->size);
  for (;;) {
    int from = -1;
    for (int w = 0; w < c->team; w++) {
      list l = list_of(c, w, row);
      if (next[w] < *l.count && (from < 0 || l.id[next[w]] < list_of(c, from, row).id[next[from]])) from = w;
    }
    if (from < 0) break;
    list l = list_of(c, from, row);
    double logit = l.logit[next[from]];
    int64_t id = l.id[next[from]++];
    if (logit < floor || count == c->capacity) {
      if (logit > dropped) dropped = logit;
      continue;
    }
    smx_put_real(c->size, job->candidate_logit, out * c->capacity + count, logit);
    job->candidate_class[out * c->capacity + count++] = id;
  }
  job->candidate_count[out] = count;
  smx_put_real(c->size, job->dropped, out, dropped);
}

void smx_candidates_end(const smx_candidates *c, size_t row, size_t rows) {
  for (size_t last = row + rows < c->rows ? row + rows : c->rows; row < last; row++) join_row(c, row);
}
