// CSoftmaxKernels: the one public header.
//
// Arrays are row-major. An array of rank r reduced over dimension d is seen as [outer, n, inner]: outer = product of
// the sizes before d, n = the size of d, inner = product of the sizes after d. The caller owns every buffer; sizes may
// be 0; pointers need the alignment of their element only. `threads` = 0 means the runtime's default (OMP_NUM_THREADS,
// or the processors this process may use) less the threads in the teams of other calls, 1 at least; any number is cut
// to 1024, or to OpenMP's thread limit where that is lower. Results never depend on it, nor on the variant: only which
// classes are candidates, the bar below which others were dropped, and the bits of a NaN among logits, partials,
// moments and running sums, do. Functions return an smx_status and never print or exit. NaN, infinities and denormals
// are data: no flag of the floating-point unit is changed.
#ifndef SMX_KERNELS_H
#define SMX_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum smx_status {
  SMX_OK = 0,
  SMX_OUT_OF_MEMORY = 1,
  SMX_UNKNOWN_VARIANT = 2,     // SMX_VARIANT, or the name selected, is none of the listed
  SMX_UNSUPPORTED_VARIANT = 3, // listed, but this processor cannot run it
} smx_status;

// Storage types. F16 and BF16 are storage only: they are widened to F32, computed, and rounded to nearest even.
typedef enum smx_type { SMX_F32 = 0, SMX_F64 = 1, SMX_F16 = 2, SMX_BF16 = 3 } smx_type;

static inline size_t smx_type_size(smx_type type) { return type == SMX_F64 ? 8 : type == SMX_F32 ? 4 : 2; }

// ---- Threads ------------------------------------------------------------------------------------------------------

const char *smx_runtime(void);  // "libomp", "libgomp" or "serial"
int smx_default_threads(void);  // what `threads` = 0 stands for while no other call has a team
int smx_team_size(int threads); // enters a parallel region and returns how many threads really ran in it
// OMP_NUM_THREADS, where it is nothing that OpenMP takes (then every call runs on one thread); else NULL.
const char *smx_wrong_threads(void);

// ---- Variants: one text compiled per instruction set ---------------------------------------------------------------

size_t smx_variant_count(void);
const char *smx_variant_name(size_t index); // "scalar" first, then the quicker ones
bool smx_variant_runs_here(size_t index);

// The variant that calls from this thread use, or NULL when SMX_VARIANT names one that is unknown or cannot run here.
const char *smx_variant_active(void);

// Chooses the variant for later calls from this thread only; NULL returns to the process-wide choice (the quickest that
// runs here, or SMX_VARIANT).
smx_status smx_variant_select(const char *name);
const char *smx_variant_asked(void); // SMX_VARIANT; "" where it is not set
// What this thread last chose, NULL for the process-wide choice.
const char *smx_variant_selected(void);

// ---- Memory -------------------------------------------------------------------------------------------------------

// 64-byte aligned, uninitialised; large blocks are aligned to and advised as huge pages. NULL when there is none left.
void *smx_alloc(size_t bytes);
void smx_free(void *block);

// Scratch that grows to what the calls need and is reused by them. One call at a time may use a workspace.
typedef struct smx_workspace smx_workspace;
smx_workspace *smx_workspace_create(void);
void smx_workspace_destroy(smx_workspace *workspace);
size_t smx_workspace_bytes(const smx_workspace *workspace); // what it has grown to

// ---- Elementwise --------------------------------------------------------------------------------------------------

// y[i] = x[i] in another storage type; round to nearest even. x == y only between types of one size.
smx_status smx_convert(smx_type from, const void *x, smx_type to, void *y, size_t count, int threads);

// y[i] = f(x[i]) for F32 and F64, NaN the quiet one; x may equal y. Error: exp, log, log1p 1 ULP, tanh 3.
smx_status smx_exp(smx_type type, const void *x, void *y, size_t count, int threads);
smx_status smx_log(smx_type type, const void *x, void *y, size_t count, int threads);
smx_status smx_log1p(smx_type type, const void *x, void *y, size_t count, int threads);
smx_status smx_tanh(smx_type type, const void *x, void *y, size_t count, int threads);

// ---- Softmax family -----------------------------------------------------------------------------------------------

typedef enum smx_softmax_kind { SMX_SOFTMAX = 0, SMX_LOG_SOFTMAX = 1 } smx_softmax_kind;

// y[o, i, k] = exp(s x[o, i, k]) / sum_j exp(s x[o, j, k]), or its logarithm; s = -1 when `negate`, else 1.
// x, y: [outer, n, inner]; y may equal x. A slice holding a NaN or +inf (after the sign), or -inf only, is all NaN.
// Error: 12 ULP (F64 14), and for softmax the gap to the largest of the slice, rounded down to a power of two; of a logarithm
// above -1/16 70 (520). F16 and BF16: F32's, rounded.
smx_status smx_softmax(smx_type type, smx_softmax_kind kind, bool negate, const void *x, void *y, size_t outer,
                       size_t n, size_t inner, int threads, smx_workspace *workspace);

// y[o, k] = log sum_i exp(x[o, i, k]); y: [outer, inner] of the same type. n == 0 or all -inf: -inf; a NaN: NaN; else a
// +inf: +inf. Error: 5 ULP of the larger of |y| and 1; F64 6 of the larger of |y|, |largest x| and 1.
smx_status smx_logsumexp(smx_type type, const void *x, void *y, size_t outer, size_t n, size_t inner, int threads,
                         smx_workspace *workspace);

// ---- Losses -------------------------------------------------------------------------------------------------------

// Elements of a loss over classes, before reduction. Rows are the outer * inner slices of x [outer, classes, inner];
// loss and row_weight are [outer, inner], in F64 when type is F64 and in F32 otherwise.
typedef struct smx_cross_entropy_job {
  smx_type type;
  const void *x;          // [outer, classes, inner]: logits, or log-probabilities when `log_probabilities`
  bool log_probabilities; // true: nll_loss; false: cross_entropy
  size_t outer, classes, inner;
  const int64_t *target;     // [outer, inner] class ids, each in [0, classes) or equal to ignore_index; or NULL
  const void *probabilities; // [outer, classes, inner] of `type` when target is NULL; 0 * log 0 counts as 0
  const void *weight;        // [classes] of `type`, or NULL for all ones
  int64_t ignore_index;      // rows with this target give 0, whatever they hold
  double label_smoothing;    // e in [0, 1]: the target is (1 - e) target + e / classes
  void *loss;                // -sum_c weight[c] q[c] log p[c]
  void *row_weight;          // weight[target], 0 where ignored, 1 for class probabilities
} smx_cross_entropy_job;

smx_status smx_cross_entropy(const smx_cross_entropy_job *job, int threads, smx_workspace *workspace);

// Sum of `count` F32 or F64 elements, accumulated in double in one fixed order; NaN the quiet one.
smx_status smx_sum(smx_type type, const void *x, size_t count, double *sum);

// ---- Linear layers without their logits ------------------------------------------------------------------------------

enum { SMX_CLASS_BLOCK = 256 }; // classes in a logits tile: one (max, rest) partial

// Weights [classes, depth] packed as panels [ceil(classes / 32)][depth][32], 64-byte aligned, rows past `classes` zero.
typedef struct smx_linear {
  size_t classes, depth;
  smx_type type;      // F32 or F64: what is computed in
  smx_type storage;   // what the weights are stored in: `type`, or F16 or BF16 where that is F32 (widened exactly)
  const void *panels; // smx_linear_bytes(classes, depth, storage)
  const void *bias;   // [classes] of `type`, or NULL
  double scale, cap;  // logit = cap tanh(scale x / cap) for what the layer gives, x; 0: no scale, no cap
} smx_linear;

size_t smx_linear_bytes(size_t classes, size_t depth, smx_type storage);

// Packs weight [classes, depth] (rows `stride` elements apart, any type) into `panels` of another, rounded to nearest even;
// and the way back, exact when `to` can hold the values.
smx_status smx_linear_pack(smx_type from, const void *weight, size_t stride, size_t classes, size_t depth,
                           smx_type storage, void *panels, int threads);
smx_status smx_linear_unpack(const smx_linear *layer, smx_type to, void *weight, size_t stride, int threads);

// Classes [first, first + count) of a layer as a layer of its own; `first` is a multiple of SMX_LINEAR_SLICE.
enum { SMX_LINEAR_SLICE = 32 };
smx_linear smx_linear_slice(const smx_linear *layer, size_t first, size_t count);

// Classes that one partial of `group_max` stands for.
enum { SMX_LINEAR_GROUP = 1024 };

// One pass over logits[r, c] = bias[c] + sum_k hidden[r, k] weight[c, k] (one FMA chain over k, starting at bias; then
// the layer's scale and cap, then times `slope`, each rounded in the layer's type) that keeps of each row only what is
// asked for: outputs may be NULL, `max` with `rest` and `target` with `target_logit`. They are indexed by r, in the
// layer's type unless said. A partial (max, rest) stands for log-sum-exp = max + log1p(rest): rest is the sum of exp(logit - max)
// over all classes but one holding the maximum.
typedef struct smx_linear_job {
  const smx_linear *layer;
  smx_type hidden_type; // any storage type
  const void *hidden;   // rows `hidden_stride` elements apart
  size_t hidden_stride;
  const size_t *row_index; // [rows]: row r reads hidden row row_index[r]; or NULL for r itself
  size_t rows;
  double slope; // 0 counts as 1

  void *max;             // [rows]
  double *rest;          // [rows]
  void *group_max;       // [ceil(classes / SMX_LINEAR_GROUP), rows]: the partials of groups of classes, in order; or
  double *group_rest;    // NULL. With them `max` and `rest` are not NULL.
  double *moment;        // [rows] sum of exp(logit - max) (logit - max), -inf adding 0; only with max and rest
  const int64_t *target; // [rows] class ids in [0, classes); others are skipped
  void *target_logit;    // [rows]

  void *logits; // [rows, split], rows `logits_stride` elements apart; classes [0, split)
  size_t logits_stride;
  size_t split;       // in [0, classes]; with logits == NULL, logits [0, split) are not kept
  void *logits_after; // classes [split, classes), rows `after_stride` elements apart; or NULL
  size_t after_stride;

  // The k best logits of each row: `candidates` holds, in ascending class order, every class that can still be among
  // the k best after a non-decreasing rounding of the logits to numbers above -inf, and ties to the lowest id; a class with
  // a logit of -inf is none. What was dropped for being too small and not for being dominated is at most `dropped[r]`
  // (-inf: nothing); candidate_count[r] > capacity never.
  size_t k, capacity;       // k = 0: none; capacity >= k + 16
  void *candidate_logit;    // [rows, capacity]
  int64_t *candidate_class; // [rows, capacity]
  size_t *candidate_count;  // [rows]
  void *dropped;            // [rows]
  // With them, only classes are wanted whose log-probability, plus base[r], reaches least[r]: others may be missing from
  // the candidates. [rows]; NULL: all are wanted. Only with max and rest.
  const void *base, *least;

  // How many logits of classes [0, split) reach a bar: all that are >= high[r], and those of classes below pivot[r] that
  // are in low[r] ..< high[r]. low <= high, or both NaN, which nothing reaches.
  const void *low, *high; // [rows], or NULL: nothing is counted
  const int64_t *pivot;   // [rows]
  int64_t *above_count;   // [rows]
  int64_t *level_count;   // [rows]
} smx_linear_job;

smx_status smx_linear_run(const smx_linear_job *job, int threads, smx_workspace *workspace);

// out[r] = ((logit[r] - max[r]) - log1p(rest[r])) + base[r]; base NULL counts as 0, else it is a log-probability: at most 0,
// or NaN. NaN where max is not finite.
smx_status smx_log_probability(smx_type type, const void *logit, const void *max, const double *rest, const void *base,
                               void *out, size_t rows);

// The same in place over a matrix: x [rows, columns], rows `stride` elements apart.
smx_status smx_log_probabilities(smx_type type, void *x, size_t rows, size_t columns, size_t stride, const void *max,
                                 const double *rest, const void *base, int threads);

// The way back, exact for any rounding: low[r] is the least logit whose log-probability, computed as above, is at least
// bar[r], and high[r] the least one whose log-probability is greater; +inf for none. NaN where bar or the layer's
// log-probabilities are NaN.
smx_status smx_logit_bars(smx_type type, const void *bar, const void *max, const double *rest, const void *base,
                          void *low, void *high, size_t rows);

// logit[r, i] = the logit of class class_id[r, i], the bits that smx_linear_run has; classes outside the layer are
// skipped. hidden and row_index as in a job; class_id and logit: [rows, per_row].
smx_status smx_linear_pick(const smx_linear *layer, smx_type hidden_type, const void *hidden, size_t hidden_stride,
                           const size_t *row_index, size_t rows, const int64_t *class_id, size_t per_row, void *logit,
                           int threads, smx_workspace *workspace);

// out[r] = max[r] + log1p(rest[r]), with the special values of smx_logsumexp.
smx_status smx_log_sum_exp_of(smx_type type, const void *max, const double *rest, void *out, size_t rows);

// out[r] = log1p(rest[r]) - moment[r] / (1 + rest[r]), the entropy in nats of a row's softmax. NaN where max is not
// finite. Nothing cancels: the error of a term is that of its exponential and of logit - max, relative to the term.
smx_status smx_entropy_of(smx_type type, const void *max, const double *rest, const double *moment, double *out,
                          size_t rows);

// ---- The k best classes of rows -------------------------------------------------------------------------------------

// The k best classes of each row among those offered so far: greater log-probability first, the lower class where two
// are equal; NaN is never one of them, -inf can be. Each class is offered once. Until smx_best_sort the entries of a row
// are a heap: entry 0 is the last in that order, so with count[r] == k its log-probability is the one to beat.
typedef struct smx_best {
  smx_type type;         // F32 or F64
  size_t k;              // at least 1
  void *log_probability; // [rows, k]
  int64_t *class_id;     // [rows, k]
  size_t *count;         // [rows], at most k
} smx_best;

// What a pass over one layer found: its candidates, or all its logits.
typedef struct smx_offer {
  size_t rows, columns;
  const size_t *row_index; // [rows]: row r goes to row row_index[r] of the best, no two to one; or NULL for r itself
  void *logit;             // [rows, columns]; replaced by the log-probabilities
  const int64_t *class_id; // [rows, columns] classes of the layer; or NULL for 0, 1, 2, ...
  const size_t *count;     // [rows]: how many of the columns are meant; or NULL for all
  const void *max;         // [rows]
  const double *rest;      // [rows]
  const void *base;        // [rows], added to the log-probabilities; NULL counts as 0
  int64_t first_class;     // the id of the layer's class 0
  int64_t classes;         // classes of the layer from here on are left out
  const void *dropped;     // [rows] the largest logit that the pass dropped, or NULL
  void *most_dropped;      // [rows of the best]: raised to the log-probability of what was dropped
} smx_offer;

// O(entries + those that enter * log k).
smx_status smx_best_offer(const smx_best *best, const smx_offer *offer, int threads);

// Puts the entries of each row in order, best first. O(rows k log k).
void smx_best_sort(const smx_best *best, size_t rows, int threads);

// ---- What a layer can reach -----------------------------------------------------------------------------------------

// An upper bound of the log-probabilities that a layer gives its classes, from what is known of its weights. Classes are
// vectors (weight, bias), hidden rows (hidden, 1). `classes` of the layer's classes lie about their mean; any or all of its
// classes, but those that `max` and `rest` stand for, satisfy |A^-1 (class - mean)| <= radius for the axes, the columns of A.
typedef struct smx_reach {
  smx_type type;        // F32 or F64
  size_t depth;         // of the layer
  const void *hidden;   // [rows, depth]
  const void *products; // [rows, columns]: the products of (hidden, 1) with the mean, then with each axis
  size_t columns;
  void *max;      // [rows]: the partial (max, rest) of the other classes; overwritten. NULL: none is known
  double *rest;   // [rows]
  double classes; // how many the mean is of
  double radius;
  double norm;      // the length of the longest class
  const void *base; // [rows], added to the log-probabilities
  void *limit; // [rows]: no class gets a rounded log-probability above; at most base, and base where nothing is known
} smx_reach;

smx_status smx_reach_limits(const smx_reach *reach, size_t rows);

// ---- Draws ----------------------------------------------------------------------------------------------------------

// sums[r, c] = sum over i <= c of exp(slope (x[r, i] - max_i x[r, i])), slope > 0, in Double, added in order.
// x [rows, columns], rows `stride` elements apart, of F32 or F64. A row with a NaN or +inf, or of -inf only, ends with NaN.
smx_status smx_running_sums(smx_type type, const void *x, size_t rows, size_t columns, size_t stride, double slope,
                            double *sums, int threads);

// The same for the partials of groups, [groups, rows], as smx_linear_run gives them, each an entry with the sum of its
// exponentials, and after them for `extra` [rows, extra_count], single logits in Double. sums: [rows, groups + extra_count].
smx_status smx_group_sums(smx_type type, const void *group_max, const double *group_rest, size_t rows, size_t groups,
                          const double *extra, size_t extra_count, double *sums, int threads);

// The entry of `n` running sums in which the share u of the last falls, u in [0, 1 - 2^-53], and how far within it, in
// [0, 1); n where the last is not positive and finite, or there is none. O(log n).
size_t smx_pick(const double *sums, size_t n, double u, double *place);

// Draws from each row's nucleus: the fewest of the largest entries (the lower column where two are equal) whose
// exp(slope x) make up at least `share` of all. drawn[r, d] is the column that u[r, d] picks of their running sums in
// column order; -1 in rows with a NaN or +inf, or of -inf only. x as in smx_running_sums; u, drawn: [rows, draws].
smx_status smx_nucleus_draw(smx_type type, const void *x, size_t rows, size_t columns, size_t stride, double slope,
                            double share, const double *u, size_t draws, int64_t *drawn, int threads,
                            smx_workspace *workspace);

#ifdef __cplusplus
}
#endif
#endif
