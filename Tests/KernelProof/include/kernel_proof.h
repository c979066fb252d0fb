// What the kernels promise, tried on many inputs: their bits (bits_*.c) and their accuracy (accuracy_*.c).
#ifndef KERNEL_PROOF_H
#define KERNEL_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Runs the random cases seed ..< seed + count: every variant that runs here, on 1, 2, 3 or 7 threads, in any order,
// batch, layout and alignment, must give the bits that the scalar variant gives on one thread. False on the first case
// that fails, with its seed and the first difference in `message`.
bool proof_bits(uint64_t seed, size_t count, char *message, size_t size);

#endif
