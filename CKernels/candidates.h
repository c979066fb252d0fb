// The classes of a row that can still be among its k best, kept while the tiles pass by.
//
// Each worker (or one for all, where a task takes all classes of its rows) keeps a list for each row, in ascending class
// order, and the k-th best logit it has seen for it. A class whose logit is not above that bar is dominated by k earlier ones
// (ties go to the lowest id) and is never listed. When a list is full, entries below the bar by more than a rounding margin
// are dropped; what was dropped is reported, so that the caller can prove that rounding did not make it matter. The lists of
// a row are joined at the end.
#ifndef SMX_CANDIDATES_H
#define SMX_CANDIDATES_H

#include "variant.h"

typedef struct smx_candidates {
  const smx_real_kernels *kernels;
  const smx_linear_job *job;
  size_t first_row, rows, k, capacity, size;
  int team;
  double *bar;     // [team, rows]
  double *dropped; // [team, rows]
  double *best;    // [team, rows, k]: the k best logits as a min-heap
  size_t *count;   // [team, rows]
  double *logit;   // [team, rows, capacity]
  int64_t *id;     // [team, rows, capacity]
} smx_candidates;

size_t smx_candidates_bytes(size_t k, size_t capacity, size_t rows, int team);
void smx_candidates_begin(smx_candidates *c, const smx_real_kernels *kernels, const smx_linear_job *job,
                          size_t first_row, size_t rows, int team, size_t size, char *memory);
// tile_max: the largest logit of each row of the tile, or NULL. sum: log-sum-exp over any of the row's classes, or NULL.
void smx_candidates_add(const smx_candidates *c, int worker, const void *tile, const void *tile_max, const void *sum,
                        size_t row, size_t rows, size_t first, size_t classes);
// Rows row ..< row + rows, or up to the last, are done.
void smx_candidates_end(const smx_candidates *c, size_t row, size_t rows);

#endif
