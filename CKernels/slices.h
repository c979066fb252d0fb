// What the drivers of softmax, logsumexp and cross-entropy share: how slices are routed to kernels and cut into tasks.
#ifndef SMX_SLICES_H
#define SMX_SLICES_H

#include "variant.h"

typedef struct smx_plan {
  const smx_variant *variant;
  const smx_real_kernels *kernels;
  bool rows;     // the rows kernels; else the columns kernels
  size_t slices; // outer * inner
  size_t per_task, tasks;
  int team;
  size_t kernel_bytes; // of a worker's scratch, for the kernels
  size_t worker_bytes; // of a worker's scratch, in all
  char *memory;
  // Few long slices, shared by all threads: their chunks are slices of their own. One [n, inner] after the other is seen
  // as [n / SMX_CHUNK, SMX_CHUNK, inner] and cut into parts; what is left of n is one part more.
  bool shared;
  size_t per_part, whole_parts, parts;
  void *chunk_max, *factor; // [chunks, inner], of the [n, inner] at hand
  double *chunk_rest;
  void *max; // [slices], by smx_share_stats
  double *rest;
} smx_plan;

// Plans work over all slices of `slices` (first and count are ignored). Reserves scratch: what the kernels need, and for
// the driver itself `arrays` arrays of 8 bytes for each slice of a task and `extra` bytes.
smx_status smx_plan_slices(smx_plan *plan, const smx_slices *slices, size_t outer, size_t arrays, size_t extra,
                           int threads, smx_workspace *workspace);

// The slices of a task, with the worker's scratch; *extra gets the driver's part of it.
smx_slices smx_task_slices(const smx_plan *plan, const smx_slices *all, size_t task, int worker, char **extra);

// Softmax of shared slices.
void smx_share_softmax(const smx_plan *plan, const smx_slices *slices);

// If slices are shared: their (max, rest), which smx_stats then gives. To be called before tasks begin.
void smx_share_stats(const smx_plan *plan, const smx_slices *slices);

// (max, rest) of each slice.
void smx_stats(const smx_plan *plan, const smx_slices *slices, void *max, double *rest);

#endif
