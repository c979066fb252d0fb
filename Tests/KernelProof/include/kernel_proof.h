// What the kernels promise, tried on many inputs: their bits (bits_*.c) and their accuracy (accuracy_*.c).
#ifndef KERNEL_PROOF_H
#define KERNEL_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Runs the random cases seed ..< seed + count: every variant that runs here, on 1, 2, 3 or 7 threads, in any order,
// batch, layout and alignment, must give the bits that the scalar variant gives on one thread. False on the first case
// that fails, with its seed and the first difference in `message`. Else a digest of each case's results is added to *sum,
// the same on every machine.
bool proof_bits(uint64_t seed, size_t count, uint64_t *sum, char *message, size_t size);

// What accuracy is measured of, and the bounds that hold: see accuracy_bounds.c.
enum { PROOF_OPERATIONS = 9, PROOF_TYPES = 2, PROOF_RANGES = 6, PROOF_SIZES = 4 };

typedef struct proof_bounds {
  const char *operation;
  const char *ranges[PROOF_RANGES];      // of inputs or results; NULL ends them
  double ulp[PROOF_TYPES][PROOF_RANGES]; // bounds for F32 and F64
  bool by_size;                          // measured for slices of proof_sizes elements each
} proof_bounds;
extern const proof_bounds proof_operations[PROOF_OPERATIONS];
extern const size_t proof_sizes[PROOF_SIZES];

// The worst errors so far, of every operation, type, range and size.
typedef struct proof_accuracy proof_accuracy;
proof_accuracy *proof_accuracy_create(void);
void proof_accuracy_destroy(proof_accuracy *accuracy);

// The measurement is cut into jobs; any number of them may run at the same time. With `thinning` = 1 every float is
// tried, else about one in `thinning`.
size_t proof_accuracy_jobs(void);
void proof_accuracy_run(proof_accuracy *accuracy, size_t job, size_t thinning);

// Line `row` of a table of all results, in rows of operations, types and ranges: false past the last. *within tells
// whether something was measured and the bound holds.
bool proof_accuracy_line(const proof_accuracy *accuracy, size_t row, char *line, size_t size, bool *within);

#endif
