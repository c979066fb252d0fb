// Conversions, exp, log, log1p, tanh, sums.
#include "variant.h"
#include "parallel.h"

enum { PIECE = 16384 };

typedef struct elementwise_job {
  const smx_variant *variant;
  void (*map)(const void *x, void *y, size_t n); // NULL: convert
  smx_type from, to;
  const char *x;
  char *y;
  size_t count;
} elementwise_job;

static void elementwise_task(void *context, size_t task, int worker) {
  (void)worker;
  const elementwise_job *job = context;
  size_t begin = task * PIECE, n = job->count - begin < PIECE ? job->count - begin : PIECE;
  const char *x = job->x + begin * smx_type_size(job->from);
  char *y = job->y + begin * smx_type_size(job->to);
  if (job->map != NULL) job->map(x, y, n);
  else job->variant->convert(job->from, x, job->to, y, n);
}

static void run(elementwise_job *job, int threads) {
  size_t tasks = (job->count + PIECE - 1) / PIECE;
  smx_parallel(tasks, tasks < 4 ? 1 : smx_team(threads, tasks), elementwise_task, job);
}

smx_status smx_convert(smx_type from, const void *x, smx_type to, void *y, size_t count, int threads) {
  smx_status status;
  elementwise_job job = {
      .variant = smx_variant_current(&status), .from = from, .to = to, .x = x, .y = y, .count = count};
  if (job.variant == NULL) return status;
  run(&job, threads);
  return SMX_OK;
}

#define SMX_MAP(name)                                                                                                  \
  smx_status smx_##name(smx_type type, const void *x, void *y, size_t count, int threads) {                            \
    smx_status status;                                                                                                 \
    elementwise_job job = {.variant = smx_variant_current(&status), .from = type, .to = type, .x = x, .y = y};         \
    if (job.variant == NULL) return status;                                                                            \
    job.count = count;                                                                                                 \
    job.map = smx_real(job.variant, type)->name;                                                                       \
    run(&job, threads);                                                                                                \
    return SMX_OK;                                                                                                     \
  }
SMX_MAP(exp)
SMX_MAP(log)
SMX_MAP(log1p)
SMX_MAP(tanh)

enum { LANES = 8 };

// lanes[i % LANES] += x[i]
static inline void add_to_lanes(const size_t size, const void *x, size_t count, smx_kept_sum *lanes) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (size_t k = 0; k < LANES; k++) smx_keep(&lanes[k], smx_real_at(size, x, i + k), size == 8);
  for (size_t k = 0; i + k < count; k++) smx_keep(&lanes[k], smx_real_at(size, x, i + k), size == 8);
}

smx_status smx_sum(smx_type type, const void *x, size_t count, double *sum) {
  const bool keep = type == SMX_F64;
  smx_kept_sum lanes[LANES] = {{0}};
  if (keep) add_to_lanes(8, x, count, lanes);
  else add_to_lanes(4, x, count, lanes);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) {
      smx_keep(&lanes[i], lanes[i + half].sum, keep);
      lanes[i].lost += lanes[i + half].lost;
    }
  const double total = smx_kept(&lanes[0]);
  *sum = total == total ? total : __builtin_nan("");
  return SMX_OK;
}
