// One random case of the bits proof: everything about it is drawn from its seed, so that it can be run again alone.
#ifndef BITS_H
#define BITS_H

#include "kernel_proof.h"
#include "smx_kernels.h"

#pragma STDC FP_CONTRACT OFF // the same inputs on every machine

// A block handed out by bits_take: its bytes lie between two guards.
typedef struct bits_block {
  char *memory;
  size_t front, bytes;
} bits_block;

typedef struct bits_case {
  uint64_t seed, state;
  smx_workspace *workspace;
  char *message;
  size_t message_size;
  char what[160];  // operation, types and shape
  uint64_t digest; // of all that was expected so far, each result once
  bool digesting;
  bits_block blocks[128];
  size_t block_count;
} bits_case;

// How one run of a case differs from its definition.
typedef struct bits_trial {
  const char *variant;
  int threads;
  bool aligned; // else pointers have the alignment of their element only
} bits_trial;

uint64_t bits_next(bits_case *c);
size_t bits_below(bits_case *c, size_t bound); // 0 ..< bound
bool bits_chance(bits_case *c, size_t one_in);
double bits_uniform(bits_case *c); // 0 ..< 1

// Memory of the case, contents arbitrary; NULL never.
void *bits_take(bits_case *c, const bits_trial *trial, size_t count, size_t element);
// Frees what was taken since `mark`, a former block_count; false when a guard was written to.
bool bits_release(bits_case *c, const bits_trial *trial, size_t mark);

// [slices, n] numbers of a type, each slice of one kind: normal, peaked, equal, with infinities or NaN, denormal, huge
// ...
void bits_fill(bits_case *c, smx_type type, void *x, size_t slices, size_t n);
// 0 ..< count in random order, or in order.
size_t *bits_order(bits_case *c, const bits_trial *trial, size_t count, bool shuffled);
// Rows order[0 ..< count] of [rows, n], `stride` elements apart with NaN between them; and such rows back to their places.
void *bits_with_stride(bits_case *c, const bits_trial *trial, const void *rows, const size_t *order, size_t count,
                       size_t n, size_t stride, size_t size);
void bits_scatter(void *rows, const void *from, const size_t *order, size_t count, size_t n, size_t stride,
                  size_t size);

const char *bits_type_name(smx_type type);
// A status other than SMX_OK or a difference writes the message and gives false.
bool bits_expect_ok(bits_case *c, const bits_trial *trial, smx_status status);
// Elements of `element` bytes; `nan_type` is a type whose NaNs count as one, or -1.
bool bits_expect_same(bits_case *c, const bits_trial *trial, const char *name, const void *got, const void *expected,
                      size_t count, size_t element, int nan_type);
// Every NaN in x is the one that __builtin_nan("") is.
bool bits_expect_canonical(bits_case *c, const bits_trial *trial, const char *name, smx_type type, const void *x,
                           size_t count);
bool bits_fail(bits_case *c, const bits_trial *trial, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Calls `run` once for the definition and once for each variant.
typedef bool (*bits_run)(bits_case *c, const bits_trial *trial, void *problem, bool definition);
bool bits_try_all(bits_case *c, bits_run run, void *problem);

bool bits_slices_case(bits_case *c); // softmax, logsumexp, losses, elementwise functions, conversions
bool bits_linear_case(bits_case *c); // packing, the pass over a layer and what is made of it
bool bits_draws_case(bits_case *c);  // running sums, draws, the k best

#endif
