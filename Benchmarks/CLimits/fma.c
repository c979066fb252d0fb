#include "limits.h"
#include "team.h"

#include <stdbool.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wpsabi"

typedef struct fma_job {
  size_t steps;
} fma_job;

typedef struct instruction_set {
  const char *name;
  bool (*runs_here)(void);
  double (*peak)(int threads);
  double (*peak_double)(int threads);
} instruction_set;

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define NAME avx512
#define REAL float
#define LANES 16
#define CHAINS 16
#include "fma.inc"
#define NAME avx512_double
#define REAL double
#define LANES 8
#define CHAINS 16
#include "fma.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME avx2
#define REAL float
#define LANES 8
#define CHAINS 12
#include "fma.inc"
#define NAME avx2_double
#define REAL double
#define LANES 4
#define CHAINS 12
#include "fma.inc"
#pragma clang attribute pop

#define UNFUSED
static bool avx512_runs(void) { return __builtin_cpu_supports("avx512f"); }
static bool avx2_runs(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#endif

#define NAME baseline
#define REAL float
#define LANES 4
#define CHAINS 12
#include "fma.inc"
#define NAME baseline_double
#define REAL double
#define LANES 2
#define CHAINS 12
#include "fma.inc"

static bool always(void) { return true; }

// The widest first.
static const instruction_set sets[] = {
#if defined(__x86_64__)
    {"avx512", avx512_runs, avx512_peak, avx512_double_peak},
    {"avx2", avx2_runs, avx2_peak, avx2_double_peak},
#elif defined(__aarch64__)
    {"neon", always, baseline_peak, baseline_double_peak},
#endif
    {"baseline", always, baseline_peak, baseline_double_peak},
};

static const instruction_set *find(const char *isa) {
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
    if ((!isa || strcmp(isa, sets[i].name) == 0) && sets[i].runs_here()) return &sets[i];
  return NULL;
}

double limit_fma(const char *isa, int threads) {
  const instruction_set *set = find(isa);
  return set ? set->peak(threads) : 0;
}

double limit_fma_double(const char *isa, int threads) {
  const instruction_set *set = find(isa);
  return set ? set->peak_double(threads) : 0;
}

const char *limit_isa(void) { return find(NULL)->name; }
