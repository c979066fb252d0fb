// The bounds that the documentation quotes, in units of the last place of the exact result. `prove accuracy` measures
// the worst errors and fails when one of them is larger.
#include "kernel_proof.h"

const size_t proof_sizes[PROOF_SIZES] = {16, 1000, 50000, 1000000};

// gap: how far an element lies below the largest of its slice. exp(x - max) turns the rounding of x - max, half a unit
// of the gap, into as large a relative error: softmax is off by at most 12 ULP and as many as the gap, rounded down to a
// power of two. The 12 are for slices of one element and many equal ones below it, whose gaps and sums all round to the
// same side, with a margin over the worst found, 9.1 (F64: 10.1); elsewhere 4 (6) do. All that every rounding could
// add up to is about twice the bound. F64 slices are summed in no longer type, hence 14 in place of 12. The sum takes the
// same errors into log-softmax; F64 logsumexp is in ULP of the result or of the largest element, whichever is larger. The chain
// of a logit rounds to one side too where its products are nearly all of one sign: (depth + 1) / 2 is its bound. Measured
// are products of random signs, for which 3 is what is typical and no bound.
#define GAPS {"gap < 1", "gap < 8", "gap < 32", "gap >= 32", "denormal result", "equal elements"}
#define LOGS {"result <= -1/16", "result > -1/16"}

const proof_bounds proof_operations[PROOF_OPERATIONS] = {
    {"exp", {"|x| < 1/4", "normal result", "denormal result"}, {{1, 1, 1}, {1, 1, 1}}, false},
    {"log", {"1/2 < x < 2", "elsewhere", "denormal x"}, {{0.501, 0.501, 0.501}, {1, 1, 1}}, false},
    {"log1p", {"|x| < 1/4", "elsewhere", "x < -1/4"}, {{0.501, 0.501, 0.501}, {1, 1, 1}}, false},
    {"tanh", {"|x| < 1/4", "elsewhere", "denormal x"}, {{3, 3, 1}, {3, 3, 1}}, false},
    {"softmax", GAPS, {{12, 16, 28, 76, 76, 1}, {14, 18, 30, 526, 526, 1}}, true},
    {"log_softmax", LOGS, {{12, 70}, {14, 520}}, true},
    {"logsumexp", {"|result| >= 1", "|result| < 1, in ULP of 1"}, {{5, 5}, {6, 6}}, true},
    {"linear log-probability", LOGS, {{12, 70}, {14, 520}}, true},
    {"linear logit", {"in ULP of sum |h w|, random signs"}, {{3}, {3}}, true},
};
