// What the drivers of softmax, logsumexp and cross-entropy share: how slices are routed to kernels and cut into tasks.
#ifndef SMX_SLICES_H
#define SMX_SLICES_H

#include "variant.h"

typedef struct smx_plan {
  const smx_real_kernels *kernels;
  bool rows;     // the rows kernels; else the columns kernels
  size_t slices; // outer * inner
  size_t per_task, tasks;
  int team;
  size_t kernel_bytes; // of a worker's scratch, for the kernels
  size_t worker_bytes; // of a worker's scratch, in all
  char *memory;
} smx_plan;

// Plans work over all slices of `slices` (first and count are ignored). Reserves scratch: what the kernels need, and for
// the driver itself `arrays` arrays of 8 bytes for each slice of a task and `extra` bytes.
smx_status smx_plan_slices(smx_plan *plan, const smx_slices *slices, size_t outer, size_t arrays, size_t extra,
                           int threads, smx_workspace *workspace);

// The slices of a task, with the worker's scratch; *extra gets the driver's part of it.
smx_slices smx_task_slices(const smx_plan *plan, const smx_slices *all, size_t task, int worker, char **extra);

// (max, rest) of each slice.
void smx_stats(const smx_plan *plan, const smx_slices *slices, void *max, double *rest);

#endif
