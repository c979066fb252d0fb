// The k best classes of rows, over several layers: what each pass found is rated and entered into one heap a row.
#include "variant.h"
#include "parallel.h"

#define SMX_REAL 32
#include "reals.h"
#include "best.inc"
#undef SMX_REAL
#define SMX_REAL 64
#include "reals.h"
#include "best.inc"
#undef SMX_REAL

enum { SERIAL_ENTRIES = 1 << 15 }; // fewer are entered before a team has woken up

typedef struct best_run {
  const smx_real_kernels *kernels;
  const smx_best *best;
  const smx_offer *offer;
} best_run;

static void offer_task(void *context, size_t row, int worker) {
  (void)worker;
  const best_run *run = context;
  if (run->best->type == SMX_F64) offer_row_f64(run->kernels, run->best, run->offer, row);
  else offer_row_f32(run->kernels, run->best, run->offer, row);
}

static void sort_task(void *context, size_t row, int worker) {
  (void)worker;
  const best_run *run = context;
  if (run->best->type == SMX_F64) sort_row_f64(run->best, row);
  else sort_row_f32(run->best, row);
}

smx_status smx_best_offer(const smx_best *best, const smx_offer *offer, int threads) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant == NULL) return status;
  best_run run = {smx_real(variant, best->type), best, offer};
  bool small = offer->rows * offer->columns < SERIAL_ENTRIES;
  smx_parallel(offer->rows, small ? 1 : smx_team(threads, offer->rows), offer_task, &run);
  return SMX_OK;
}

void smx_best_sort(const smx_best *best, size_t rows, int threads) {
  best_run run = {.best = best};
  bool small = rows * best->k < SERIAL_ENTRIES;
  smx_parallel(rows, small ? 1 : smx_team(threads, rows), sort_task, &run);
}
