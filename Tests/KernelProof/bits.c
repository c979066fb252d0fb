// The random cases: drawing, memory with guards, comparison.
#include "bits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 128, GUARD_BYTE = 0xa5 };

uint64_t bits_next(bits_case *c) { // splitmix64
  uint64_t z = c->state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

size_t bits_below(bits_case *c, size_t bound) { return (size_t)(bits_next(c) >> 11) % bound; }
bool bits_chance(bits_case *c, size_t one_in) { return bits_below(c, one_in) == 0; }
double bits_uniform(bits_case *c) { return (double)(bits_next(c) >> 11) * 0x1p-53; }

void *bits_take(bits_case *c, const bits_trial *trial, size_t count, size_t element) {
  size_t skew = trial->aligned ? 0 : bits_below(c, 64 / element) * element;
  bits_block b = {.front = GUARD + skew, .bytes = count * element};
  size_t whole = (b.front + b.bytes + GUARD + 63) / 64 * 64;
  b.memory = aligned_alloc(64, whole);
  if (b.memory == NULL || c->block_count == sizeof c->blocks / sizeof *c->blocks) abort();
  memset(b.memory, GUARD_BYTE, b.front);
  memset(b.memory + b.front + b.bytes, GUARD_BYTE, whole - b.front - b.bytes);
  c->blocks[c->block_count++] = b;
  return b.memory + b.front;
}

bool bits_release(bits_case *c, const bits_trial *trial, size_t mark) {
  bool whole = true;
  while (c->block_count > mark) {
    bits_block b = c->blocks[--c->block_count];
    for (size_t i = 0; i < GUARD; i++)
      whole &=
          (uint8_t)b.memory[b.front - 1 - i] == GUARD_BYTE && (uint8_t)b.memory[b.front + b.bytes + i] == GUARD_BYTE;
    free(b.memory);
  }
  return whole || bits_fail(c, trial, "wrote outside a buffer");
}

const char *bits_type_name(smx_type type) {
  return (const char *[]){[SMX_F32] = "f32", [SMX_F64] = "f64", [SMX_F16] = "f16", [SMX_BF16] = "bf16"}[type];
}

bool bits_fail(bits_case *c, const bits_trial *trial, const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  snprintf(c->message, c->message_size, "seed %llu: %s: %s, %d threads%s: %s", (unsigned long long)c->seed, c->what,
           trial->variant, trial->threads, trial->aligned ? "" : ", unaligned", text);
  return false;
}

bool bits_expect_ok(bits_case *c, const bits_trial *trial, smx_status status) {
  return status == SMX_OK || bits_fail(c, trial, "status %d", (int)status);
}

static uint64_t bits_at(const void *x, size_t i, size_t element) {
  uint64_t bits = 0;
  memcpy(&bits, (const char *)x + i * element, element);
  return bits;
}

static bool is_nan(smx_type type, uint64_t bits) {
  const uint64_t infinity[] = {
      [SMX_F32] = 0x7f800000, [SMX_F64] = 0x7ff0000000000000, [SMX_F16] = 0x7c00, [SMX_BF16] = 0x7f80};
  const uint64_t sign = (uint64_t)1 << (8 * smx_type_size(type) - 1);
  return (bits & ~sign) > infinity[type];
}

static void digest(bits_case *c, const void *x, size_t count, size_t element, int nan_type) {
  for (size_t i = 0; i < count; i++) {
    uint64_t bits = bits_at(x, i, element);
    if (nan_type >= 0 && is_nan((smx_type)nan_type, bits)) bits = ~(uint64_t)0;
    c->digest = (c->digest ^ bits) * 0x9e3779b97f4a7c15;
    c->digest ^= c->digest >> 32;
  }
}

bool bits_expect_same(bits_case *c, const bits_trial *trial, const char *name, const void *got, const void *expected,
                      size_t count, size_t element, int nan_type) {
  if (c->digesting) digest(c, expected, count, element, nan_type);
  if (memcmp(got, expected, count * element) == 0) return true;
  for (size_t i = 0; i < count; i++) {
    uint64_t a = bits_at(got, i, element), b = bits_at(expected, i, element);
    if (a == b || (nan_type >= 0 && is_nan((smx_type)nan_type, a) && is_nan((smx_type)nan_type, b))) continue;
    return bits_fail(c, trial, "%s[%zu] is 0x%0*llx instead of 0x%0*llx", name, i, (int)(2 * element),
                     (unsigned long long)a, (int)(2 * element), (unsigned long long)b);
  }
  return true;
}

bool bits_expect_canonical(bits_case *c, const bits_trial *trial, const char *name, smx_type type, const void *x,
                           size_t count) {
  const uint64_t quiet[] = {
      [SMX_F32] = 0x7fc00000, [SMX_F64] = 0x7ff8000000000000, [SMX_F16] = 0x7e00, [SMX_BF16] = 0x7fc0};
  for (size_t i = 0; i < count; i++) {
    uint64_t bits = bits_at(x, i, smx_type_size(type));
    if (is_nan(type, bits) && bits != quiet[type])
      return bits_fail(c, trial, "%s[%zu] is the NaN 0x%llx", name, i, (unsigned long long)bits);
  }
  return true;
}

size_t *bits_order(bits_case *c, const bits_trial *trial, size_t count, bool shuffled) {
  size_t *order = bits_take(c, trial, count, sizeof *order);
  for (size_t i = 0; i < count; i++) order[i] = i;
  for (size_t i = count; shuffled && i > 1; i--) {
    size_t k = bits_below(c, i), swapped = order[k];
    order[k] = order[i - 1];
    order[i - 1] = swapped;
  }
  return order;
}

void *bits_with_stride(bits_case *c, const bits_trial *trial, const void *rows, const size_t *order, size_t count,
                       size_t n, size_t stride, size_t size) {
  char *out = bits_take(c, trial, count * stride, size);
  memset(out, 0xff, count * stride * size); // NaN between the rows
  for (size_t r = 0; r < count; r++)
    memcpy(out + r * stride * size, (const char *)rows + order[r] * n * size, n * size);
  return out;
}

void bits_scatter(void *rows, const void *from, const size_t *order, size_t count, size_t n, size_t stride,
                  size_t size) {
  if (from == NULL) return;
  for (size_t r = 0; r < count; r++)
    memcpy((char *)rows + order[r] * n * size, (const char *)from + r * stride * size, n * size);
}

typedef enum {
  NORMAL,
  SPREAD,
  PEAKED,
  EQUAL,
  SOME_LOW,
  ALL_LOW,
  ONE_HIGH,
  ONE_NAN,
  DENORMAL,
  HUGE_NUMBERS,
  TINY_RESULTS,
  ZEROS,
  ZEROS_LARGEST,
  RAW,
  KINDS
} kind;

static double draw(bits_case *c, kind k, size_t i, size_t special) {
  const double normal = 2 * (bits_uniform(c) + bits_uniform(c) + bits_uniform(c) - 1.5);
  switch (k) {
  case SPREAD:
    return 20 * normal;
  case PEAKED:
    return i == special ? 30 : normal - 10;
  case EQUAL:
    return 0.7;
  case SOME_LOW:
    return bits_chance(c, 4) ? -__builtin_inf() : normal;
  case ALL_LOW:
    return -__builtin_inf();
  case ONE_HIGH:
    return i == special ? __builtin_inf() : normal;
  case DENORMAL:
    return (bits_uniform(c) - 0.5) * (bits_chance(c, 2) ? 0x1p-126 : 0x1p-1022);
  case HUGE_NUMBERS:
    return normal * (bits_chance(c, 2) ? 0x1p14 : 0x1p126);
  case TINY_RESULTS:
    return i == special ? 0 : -87 - 18 * bits_uniform(c);
  case ZEROS:
    return bits_chance(c, 2) ? -0.0 : 0.0;
  case ZEROS_LARGEST:
    return bits_chance(c, 12) ? (bits_chance(c, 2) ? -0.0 : 0.0) : -20 * bits_uniform(c);
  default:
    return normal;
  }
}

void bits_fill(bits_case *c, smx_type type, void *x, size_t slices, size_t n) {
  enum { PIECE = 256 };
  const size_t size = smx_type_size(type);
  const bool mixed = bits_chance(c, 3), plain = bits_chance(c, 3);
  kind k = plain ? NORMAL : (kind)bits_below(c, KINDS);
  for (size_t s = 0; s < slices; s++) {
    char *slice = (char *)x + s * n * size;
    if (mixed) k = (kind)bits_below(c, KINDS);
    size_t special = n > 0 ? bits_below(c, n) : 0;
    for (size_t begin = 0; begin < n; begin += PIECE) {
      double piece[PIECE];
      size_t count = n - begin < PIECE ? n - begin : PIECE;
      for (size_t i = 0; i < count; i++) piece[i] = draw(c, k, begin + i, special);
      smx_convert(SMX_F64, piece, type, slice + begin * size, count, 1);
    }
    if (k == RAW)
      for (size_t i = 0; i < n * size; i++) slice[i] = (char)bits_next(c);
    if (k == ONE_NAN && n > 0) { // with any payload and sign
      char *at = slice + special * size;
      for (size_t i = 0; i < size; i++) at[i] = (char)(bits_next(c) | (i == 0));
      at[size - 1] |= 0x7f;
      at[size - 2] |= (char)(type == SMX_F16 ? 0 : type == SMX_F64 ? 0xf0 : 0x80);
    }
  }
}

bool bits_try_all(bits_case *c, bits_run run, void *problem) {
  const bits_trial definition = {.variant = "scalar", .threads = 1, .aligned = true};
  if (!run(c, &definition, problem, true)) return false;
  for (size_t v = 0; v < smx_variant_count(); v++) {
    if (!smx_variant_runs_here(v)) continue;
    bits_trial trial = {.variant = smx_variant_name(v), .threads = (const int[]){1, 2, 3, 7}[bits_below(c, 4)]};
    trial.aligned = bits_chance(c, 2);
    size_t mark = c->block_count;
    smx_variant_select(trial.variant);
    c->digesting = v == 0;
    bool same = run(c, &trial, problem, false);
    smx_variant_select("scalar");
    if (!bits_release(c, &trial, mark) || !same) return false;
  }
  return true;
}

bool proof_bits(uint64_t seed, size_t count, uint64_t *sum, char *message, size_t size) {
  const bits_trial none = {.variant = "scalar", .threads = 1, .aligned = true};
  bits_case c = {.workspace = smx_workspace_create(), .message = message, .message_size = size};
  if (c.workspace == NULL) return snprintf(message, size, "out of memory"), false;
  bool same = true;
  smx_variant_select("scalar");
  for (size_t i = 0; same && i < count; i++) {
    c.seed = c.state = c.digest = seed + i;
    size_t part = bits_below(&c, 8);
    same = part < 2 ? bits_linear_case(&c) : part < 3 ? bits_draws_case(&c) : bits_slices_case(&c);
    same &= bits_release(&c, &none, 0);
    *sum += c.digest;
  }
  smx_variant_select(NULL);
  smx_workspace_destroy(c.workspace);
  return same;
}
