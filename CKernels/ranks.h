// How many logits of a row reach a bar, counted while the tiles pass by: what a class's rank is made of.
//
// Each worker counts for itself; the counts are integers, so that their sum does not depend on who computed what.
#ifndef SMX_RANKS_H
#define SMX_RANKS_H

#include "variant.h"

typedef struct smx_ranks {
  const smx_real_kernels *kernels;
  const smx_linear_job *job;
  size_t first_row, rows, size;
  int team;
  int64_t *above; // [team, rows]
  int64_t *level; // [team, rows]
} smx_ranks;

size_t smx_ranks_bytes(size_t rows, int team);
void smx_ranks_begin(smx_ranks *c, const smx_real_kernels *kernels, const smx_linear_job *job, size_t first_row,
                     size_t rows, int team, size_t size, char *memory);
// tile_max: the largest logit of each row of the tile, or NULL.
void smx_ranks_add(const smx_ranks *c, int worker, const void *tile, const void *tile_max, size_t row, size_t rows,
                   size_t first, size_t classes);
void smx_ranks_end(const smx_ranks *c);

#endif
