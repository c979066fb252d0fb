#include "ranks.h"
#include "memory.h"

#include <string.h>

#define SMX_REAL 32
#include "reals.h"
#include "ranks.inc"
#undef SMX_REAL
#define SMX_REAL 64
#include "reals.h"
#include "ranks.inc"
#undef SMX_REAL

size_t smx_ranks_bytes(size_t rows, int team) { return 2 * smx_round_up(rows * (size_t)team * 8, 64); }

void smx_ranks_begin(smx_ranks *c, const smx_real_kernels *kernels, const smx_linear_job *job, size_t first_row,
                     size_t rows, int team, size_t size, char *memory) {
  size_t counts = rows * (size_t)team;
  *c = (smx_ranks){.kernels = kernels, .job = job, .first_row = first_row, .rows = rows, .size = size, .team = team};
  c->above = smx_cut(&memory, counts * 8);
  c->level = smx_cut(&memory, counts * 8);
  memset(c->above, 0, counts * 8);
  memset(c->level, 0, counts * 8);
}

void smx_ranks_add(const smx_ranks *c, int worker, const void *tile, const void *tile_max, size_t row, size_t rows,
                   size_t first, size_t classes) {
  const smx_linear_job *job = c->job;
  if (first >= job->split) return;
  if (classes > job->split - first) classes = job->split - first;
  for (size_t r = 0; r < rows; r++) {
    size_t at = c->first_row + row + r, count = (size_t)worker * c->rows + row + r;
    const char *x = (const char *)tile + r * SMX_CLASS_BLOCK * c->size;
    double low = smx_real_at(c->size, job->low, at), high = smx_real_at(c->size, job->high, at);
    if (tile_max != NULL && !(smx_real_at(c->size, tile_max, r) >= low)) continue;
    const int64_t pivot = job->pivot[at];
    const size_t before = pivot > (int64_t)first ? (size_t)pivot - first : 0,
                 leveled = before < classes ? before : classes;
    c->above[count] += (int64_t)c->kernels->reaching(x, classes, high);
    if (leveled > 0)
      c->level[count] += (int64_t)(c->kernels->reaching(x, leveled, low) - c->kernels->reaching(x, leveled, high));
  }
}

void smx_ranks_end(const smx_ranks *c) {
  const smx_linear_job *job = c->job;
  for (size_t r = 0; r < c->rows; r++) {
    int64_t above = 0, level = 0;
    for (int w = 0; w < c->team; w++) {
      above += c->above[(size_t)w * c->rows + r];
      level += c->level[(size_t)w * c->rows + r];
    }
    job->above_count[c->first_row + r] = above;
    job->level_count[c->first_row + r] = level;
  }
}

smx_status smx_logit_bars(smx_type type, const void *bar, const void *max, const double *rest, const void *base,
                          void *low, void *high, size_t rows) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant == NULL) return status;
  const smx_real_kernels *kernels = smx_real(variant, type);
  if (type == SMX_F64) bars_f64(kernels, bar, max, rest, base, low, high, rows);
  else bars_f32(kernels, bar, max, rest, base, low, high, rows);
  return SMX_OK;
}
