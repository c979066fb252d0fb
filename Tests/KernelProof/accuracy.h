// Shared by the accuracy measurements.
#ifndef ACCURACY_H
#define ACCURACY_H

#include "kernel_proof.h"
#include "smx_kernels.h"

typedef struct proof_error {
  double worst[PROOF_SIZES], at[PROOF_SIZES]; // in ULP, and the input (or exact result, for slices) where it is
  uint64_t count, misrounded;                 // results, and those that are not the nearest number
} proof_error;
typedef proof_error proof_errors[PROOF_OPERATIONS][PROOF_TYPES][PROOF_RANGES];

enum { EXP, LOG, LOG1P, TANH, SOFTMAX, LOG_SOFTMAX, LOG_SUM_EXP, LINEAR_LOG_PROBABILITY, LINEAR_LOGIT };
enum { ELEMENTWISE = TANH + 1, ELEMENTWISE_PARTS = 64, FAMILY_JOBS = 64 };

void accuracy_f32(int operation, size_t part, size_t thinning, proof_errors *errors);
void accuracy_f64(int operation, size_t part, size_t thinning, proof_errors *errors);
void accuracy_family(size_t job, size_t thinning, proof_errors *errors);

// Power of two at or below |x|, with a floor: the unit in the last place is this times 2^-23 or 2^-52.
static inline double accuracy_binade(double x, double floor) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits &= 0x7ff0000000000000;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x > floor ? x : floor;
}

// An error of `ulp` units at input `at`; NaN where a result and its reference are not both finite and not the same.
static inline void accuracy_add(proof_error *e, size_t size, double ulp, double at) {
  if (!(ulp <= e->worst[size])) e->worst[size] = ulp == ulp ? ulp : __builtin_inf(), e->at[size] = at;
  e->count++;
}

#endif
