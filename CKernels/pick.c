// Single logits of a linear layer: what a list of classes needs when the layer's log-sum-exp is known.
#include "variant.h"
#include "memory.h"
#include "parallel.h"

enum { SERIAL_STEPS = 1 << 17 }; // fewer multiply-adds, from strided weights, are done before a team has woken up

typedef struct pick_job {
  const smx_variant *variant;
  const smx_linear *layer;
  smx_type hidden_type;
  const char *hidden;
  size_t hidden_stride;
  const size_t *row_index;
  const int64_t *class_id;
  size_t per_row;
  char *logit, *wide; // [rows, per_row]; [workers, depth], the hidden rows in the layer's type
} pick_job;

static void pick_task(void *context, size_t row, int worker) {
  const pick_job *job = context;
  const smx_linear *layer = job->layer;
  size_t size = smx_type_size(layer->type), from = job->row_index != NULL ? job->row_index[row] : row;
  const char *hidden = job->hidden + from * job->hidden_stride * smx_type_size(job->hidden_type);
  if (job->hidden_type != layer->type) {
    char *wide = job->wide + (size_t)worker * smx_per_worker(layer->depth * size);
    job->variant->convert(job->hidden_type, hidden, layer->type, wide, layer->depth);
    hidden = wide;
  }
  smx_real(job->variant, layer->type)
      ->pick(hidden, layer, job->class_id + row * job->per_row, job->per_row, job->logit + row * job->per_row * size);
}

smx_status smx_linear_pick(const smx_linear *layer, smx_type hidden_type, const void *hidden, size_t hidden_stride,
                           const size_t *row_index, size_t rows, const int64_t *class_id, size_t per_row, void *logit,
                           int threads, smx_workspace *workspace) {
  smx_status status;
  pick_job job = {smx_variant_current(&status),
                  layer,
                  hidden_type,
                  hidden,
                  hidden_stride,
                  row_index,
                  class_id,
                  per_row,
                  logit,
                  NULL};
  if (job.variant == NULL || rows == 0) return status;
  int team = rows * per_row * (layer->depth + 16) < SERIAL_STEPS ? 1 : smx_team(threads, rows);
  if (hidden_type != layer->type) {
    size_t wide = smx_per_worker(layer->depth * smx_type_size(layer->type));
    job.wide = smx_workspace_reserve(workspace, (size_t)team * wide);
    if (job.wide == NULL) return SMX_OUT_OF_MEMORY;
  }
  smx_parallel(rows, team, pick_task, &job);
  return SMX_OK;
}
