// One table of functions for each instruction set. The functions are serial: they know rows, tiles and scratch, no
// threads. Each exists for F32 and F64; storage types are converted by the drivers with `convert`.
#ifndef SMX_VARIANT_H
#define SMX_VARIANT_H

#include "smx_kernels.h"

#pragma STDC FP_CONTRACT OFF // an FMA is where the text says fma, in the drivers too

#define SMX_LOST(a, b, sum) (((a) - ((sum) - ((sum) - (a)))) + ((b) - ((sum) - (a)))) // by rounding a + b to the sum

enum {
  SMX_PANEL = SMX_LINEAR_SLICE, // classes in a packed panel
  SMX_SUM_BLOCK = 128,          // elements a lane sum runs over before it is folded into a double: 8 or 16 a lane
  SMX_ABREAST = 256,            // elements of contiguous slices that are taken abreast, at most: two such blocks
  SMX_ABREAST_SCRATCH = 26 * (SMX_ABREAST + 16), // elements that takes
  SMX_SHORT_BLOCK = 2048,
  SMX_SHORT_BLOCK_ROWS = 256, // elements and slices that are in the making at once, at most
  SMX_CHUNK = 1024,           // elements a (max, rest) is of: longer slices are reduced chunk by chunk
  SMX_GROUP = 2048,           // elements of contiguous slices that are taken together
  SMX_SHORT_AHEAD = 2048,     // bytes ahead of a group of short slices that are fetched into L1
  SMX_FAR_AHEAD = 8192,       // bytes beyond what is fetched into L1 that are fetched into L2
  SMX_SEAM = 32,              // elements before the first exponential that may be read, though not used: see FN(seam)
  SMX_SEAM_BYTES = 192,       // for an FN(seam), aligned to 64
  SMX_SEWN_CHUNKS = 4,        // of slices across memory whose results begin anywhere in a line, at most
  SMX_KEPT_BYTES = 4 << 20,   // exponentials that are kept in scratch; those of longer slices are computed twice
  SMX_NEAR_BYTES = 24 << 10,  // for a chunk of a tile of columns: of L1, of L2
  SMX_FAR_BYTES = 256 << 10,
};

// How the elements of slices are read and their results written: the type of both, whether elements are negated, whether
// results pass the caches by.
typedef struct smx_form {
  smx_type type;
  bool negate, stream;
} smx_form;

// Slices of an [outer, n, inner] array. Slice q = o * inner + k starts at o * n * inner + k, its elements are `inner`
// apart. A call takes slices first ..< first + count.
typedef struct smx_slices {
  smx_type type; // of x and y: the kernels' own, or a storage type of F32
  const void *x;
  void *y; // may equal x
  size_t n, inner, first, count;
  bool negate;
  smx_softmax_kind kind;
  bool stream;   // write past the caches
  void *scratch; // smx_slices_scratch(type, n, inner)
} smx_slices;

// One block of classes of a linear layer for a block of rows.
typedef struct smx_tile_args {
  const void *packed_rows; // by pack_rows, the same rows: [strip][depth][rows of the strip]
  size_t rows, depth;
  const void *panels; // the block's panels, [panels][depth][SMX_PANEL]
  smx_type storage;   // what they are stored in
  size_t classes;     // in the block, at most SMX_CLASS_BLOCK
  const void *bias;   // [classes] or NULL
  void *tile;         // [rows, SMX_CLASS_BLOCK]; columns past `classes` are undefined
} smx_tile_args;

typedef struct smx_real_kernels {
  // Softmax or log-softmax of each slice: `rows` for inner == 1, `columns` for any inner.
  void (*softmax_rows)(const smx_slices *slices);
  void (*softmax_columns)(const smx_slices *slices);
  void (*stats_rows)(const smx_slices *slices, void *max, double *rest); // (max, rest) of each slice
  void (*stats_columns)(const smx_slices *slices, void *max, double *rest);
  // A long slice chunk by chunk, each a slice of its own. From the (max, rest) of all, what each is written with (`kept`:
  // NULL), or those of the slice (`combine`); the results.
  void (*finish_chunks)(const smx_slices *slices, void *max, const double *rest, void *factor, void *kept);
  void (*combine)(const void *max, const double *rest, size_t chunks, void *out_max, double *out_rest);
  void (*write_rows)(const smx_slices *slices, const void *max, const void *factor);
  void (*write_columns)(const smx_slices *slices, const void *max, const void *factor);
  // sum_i q[i] * ((x[i] - max) - l) with q[i] = weight[i] (keep * p[i] + spread), terms with q[i] == 0 left out; weight
  // NULL: ones, p NULL: zeros.
  double (*row_dot)(const void *x, size_t n, double max, double l, const void *weight, const void *p, double keep,
                    double spread);

  // Packs `rows` <= SMX_PANEL rows of weights, `stride` elements apart, into one panel, the other rows zero; past the
  // caches if asked, where the panel is aligned to 64 bytes.
  void (*pack_panel)(smx_type from, const void *weight, size_t stride, size_t rows, size_t depth, smx_type storage,
                     void *panel, bool stream);
  size_t strip; // rows the tile kernel holds in registers
  void (*pack_rows)(const void *hidden, size_t stride, const size_t *row_index, size_t rows, size_t depth,
                    void *packed);
  void (*tile)(const smx_tile_args *args);
  // x = slope cap tanh(scale x / cap), each step rounded; cap 0: x = slope scale x.
  void (*shape_tile)(void *tile, size_t rows, size_t classes, double scale, double cap, double slope);
  // (max, rest) of each row of a tile, which is copied meanwhile if asked: row r to copy + r * stride elements, past the
  // caches if there are `seams`: SMX_SEAM_BYTES for each row, zero before its first tile. The tiles to its right follow;
  // close_seams ends the rows.
  void (*tile_stats)(const void *tile, size_t rows, size_t classes, void *max, double *rest, void *copy, size_t stride,
                     void *seams);
  void (*close_seams)(void *seams, size_t rows);
  void (*merge)(void *max, double *rest, const void *max2, const double *rest2, size_t rows);
  // sum exp(logit - max) (logit - max) of each row of a tile, and its merging, to be done before that of (max, rest).
  void (*tile_moments)(const void *tile, size_t rows, size_t classes, const void *max, double *moment);
  void (*merge_moments)(const void *max, const double *rest, double *moment, const void *max2, const double *rest2,
                        const double *moment2, size_t rows);
  void (*entropy)(const void *max, const double *rest, const double *moment, double *out, size_t n);
  // Positions in the row of logits above `threshold`, in ascending order; returns how many.
  size_t (*above)(const void *logits, size_t classes, double threshold, uint16_t *positions);
  size_t (*reaching)(const void *logits, size_t classes, double bar); // how many are >= bar
  // The logits of some classes of one hidden row; classes outside the layer are skipped.
  void (*pick)(const void *hidden, const smx_linear *layer, const int64_t *class_id, size_t count, void *logit);

  void (*log_probability)(const void *logit, const void *max, const double *rest, const void *base, void *out,
                          size_t n);
  void (*log_sum_exp)(const void *max, const double *rest, void *out, size_t n);
  void (*shift_row)(void *x, size_t n, double max, double l, double base); // x[i] = ((x[i] - max) - l) + base
  void (*exp)(const void *x, void *y, size_t n);
  void (*log)(const void *x, void *y, size_t n);
  void (*log1p)(const void *x, void *y, size_t n);
  void (*tanh)(const void *x, void *y, size_t n);
} smx_real_kernels;

typedef struct smx_variant {
  const char *name;
  bool (*runs_here)(void);
  smx_real_kernels f32, f64;
  void (*convert)(smx_type from, const void *x, smx_type to, void *y, size_t n);
} smx_variant;

extern const smx_variant smx_variant_scalar;
#if defined(__x86_64__)
extern const smx_variant smx_variant_avx2, smx_variant_avx512;
#elif defined(__aarch64__)
extern const smx_variant smx_variant_neon;
#endif

// The table for calls from this thread; NULL with *status set when the one asked for cannot be had.
const smx_variant *smx_variant_current(smx_status *status);

static inline const smx_real_kernels *smx_real(const smx_variant *variant, smx_type type) {
  return type == SMX_F64 ? &variant->f64 : &variant->f32;
}

// A sum, and what rounding its additions has lost where that is kept: for terms that are doubles.
typedef struct smx_kept_sum {
  double sum, lost;
} smx_kept_sum;

static inline void smx_keep(smx_kept_sum *s, double term, const bool keep) {
  const double next = s->sum + term;
  if (keep) s->lost += SMX_LOST(s->sum, term, next);
  s->sum = next;
}

// Both together; an infinite sum has lost nothing that is a number.
static inline double smx_kept(const smx_kept_sum *s) { return s->lost - s->lost == 0 ? s->sum + s->lost : s->sum; }

// Bytes of an element of the kernels that take elements of `type`.
static inline size_t smx_real_size(smx_type type) { return type == SMX_F64 ? 8 : 4; }

// Element i of an array of the kernels' type, whose elements have `size` bytes: 4 or 8.
static inline double smx_real_at(size_t size, const void *x, size_t i) {
  return size == 8 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}
static inline void smx_put_real(size_t size, void *y, size_t i, double value) {
  if (size == 8) ((double *)y)[i] = value;
  else ((float *)y)[i] = (float)value;
}

// Whether contiguous slices are taken in groups of a vector's lanes, or eight abreast.
static inline bool smx_short(size_t n) { return n <= 80; }
static inline bool smx_abreast(size_t n) { return n > 80 && n <= SMX_ABREAST; }

static inline size_t smx_chunks(size_t n) { return n > SMX_CHUNK ? (n + SMX_CHUNK - 1) / SMX_CHUNK : 1; }
static inline size_t smx_chunk(size_t n) { return n > SMX_CHUNK ? SMX_CHUNK : n; }

// Bytes of a column of a chunk.
static inline size_t smx_column_bytes(smx_type type, size_t n) {
  return (smx_chunk(n) > 0 ? smx_chunk(n) : 1) * smx_real_size(type);
}

// How many slices make a tile of the column kernels, at most: as many as keep a chunk of it in L1, but for memory's sake at
// least 128 side by side, if L2 holds those, and four lines.
static inline size_t smx_column_tile(smx_type type, size_t n) {
  const size_t column = smx_column_bytes(type, n), least = 256 / smx_type_size(type);
  size_t near = SMX_NEAR_BYTES / column / 64 * 64, far = SMX_FAR_BYTES / column / 64 * 64;
  size_t width = near > 128 ? near : far < 128 ? far : 128;
  return width < least ? least : width > 1024 ? 1024 : width;
}

// The same where rows are whole cache lines, which are fetched from tile to tile: of short slices the chunks that are gathered,
// reduced and written at once are all in L1, each in `bytes`, and four lines side by side are enough then.
static inline size_t smx_lines_tile(smx_type type, size_t n, size_t bytes) {
  const size_t most = smx_column_tile(type, n), least = 256 / smx_type_size(type);
  size_t width = bytes / smx_column_bytes(type, n) / 64 * 64;
  if (width < least) width = least;
  return width < most ? width : most;
}

// Whether a tile of columns keeps the exponentials of all its chunks.
static inline bool smx_column_kept(smx_type type, size_t n) {
  return n <= SMX_CHUNK || n * smx_column_tile(type, n) * smx_type_size(type) <= SMX_KEPT_BYTES;
}

// Chunks of tiles of columns that are at hand at once: with those of this tile and of the tile before, the next one.
static inline size_t smx_column_slots(size_t n, bool kept) { return kept ? smx_chunks(n) + 2 : 2; }

// Bytes of scratch that the rows and columns kernels need.
size_t smx_slices_scratch(smx_type type, size_t n, size_t inner);

#endif
