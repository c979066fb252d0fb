// What this machine can do at most, measured now: each call takes the best of some passes, 20 to 100 milliseconds, so that
// it can stand beside every sample of what is held against it. Rates are per second, over all `threads`; 0 when memory or
// threads are lacking.
#ifndef LIMITS_H
#define LIMITS_H

#include <stddef.h>

// Float operations of fused multiply-adds on registers, two per FMA and lane. `isa` is "avx512", "avx2", "neon" or
// "baseline" (multiply and add where the baseline has no FMA); NULL is the widest that runs here.
double limit_fma(const char *isa, int threads);

// The same for doubles.
double limit_fma_double(const char *isa, int threads);

// The widest of the instruction sets above that runs here.
const char *limit_isa(void);

// Bytes read and written by a copy of `bytes` bytes, each counted; the better of ordinary and non-temporal stores.
double limit_copy(size_t bytes, int threads);

// Bytes read by summing `bytes` bytes.
double limit_read(size_t bytes, int threads);

#endif
