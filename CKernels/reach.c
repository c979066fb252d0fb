// How probable the best class of a tail can be, from what was kept of its weights: the bound that spares the tail.
//
// The classes but a few lie within `radius` of their mean, in a metric that the axes span: their logits are at most
// centre + radius spread, with centre the mean's logit and spread the length of the hidden row's products with the axes.
// The mean of their exponentials is at least exp(centre), since exp is convex. The few others are known exactly, by the
// partial of a pass over them, or lie within a larger radius of the same mean.
//
// The bound holds for rounded log-probabilities. With u = epsilon / 2, h the row and 1 for the bias, and no class longer
// than `norm`, a chain of n multiply-adds is off by at most (n + 1) u norm |h|. The chains of the best class, of the
// centre and of the classes that it is the mean of add up to less than (2 n + 8) epsilon norm |h|; those of the axes, whose
// lengths together are at most about `norm`, to less than (n + 8) epsilon radius norm |h|. A log-sum-exp within the layer's
// kernel adds some epsilon for its sums, log-probabilities some for each of x - max <= 2 norm |h|, - l and + base. `slack`
// is more than all of it. Where anything is not finite, the bound says nothing.
#include "variant.h"

enum { BLOCK = 64 }; // rows at a time

static double squares(size_t size, const void *x, size_t first, size_t count) {
  double sum = 0;
  for (size_t i = first; i < first + count; i++) sum += smx_real_at(size, x, i) * smx_real_at(size, x, i);
  return sum;
}

static double slack(const smx_reach *reach, double length, double base) {
  const double epsilon = reach->type == SMX_F64 ? 0x1p-52 : 0x1p-23;
  const double steps = 2 * (double)reach->depth + 64;
  return epsilon * (steps * (1 + reach->radius) * reach->norm * length + 64 * (32 + (base < 0 ? -base : base)));
}

smx_status smx_reach_limits(const smx_reach *reach, size_t rows) {
  smx_status status;
  const smx_variant *variant = smx_variant_current(&status);
  if (variant == NULL) return status;
  const smx_real_kernels *kernels = smx_real(variant, reach->type);
  const smx_type type = reach->type;
  const size_t size = smx_type_size(type);
  double log_classes, mean[BLOCK], sum[BLOCK], none[BLOCK] = {0};
  variant->f64.log(&reach->classes, &log_classes, 1);
  for (size_t first = 0; first < rows; first += BLOCK) {
    const size_t count = rows - first < BLOCK ? rows - first : BLOCK;
    char *max = reach->max != NULL ? (char *)reach->max + first * size : NULL;
    double top[BLOCK];
    for (size_t i = 0; i < count; i++) {
      top[i] = max != NULL ? smx_real_at(size, max, i) : -__builtin_inf();
      smx_put_real(size, mean, i, smx_real_at(size, reach->products, (first + i) * reach->columns) + log_classes);
    }
    if (max != NULL) {
      kernels->merge(max, reach->rest + first, mean, none, count);
      kernels->log_sum_exp(max, reach->rest + first, sum, count);
    }
    for (size_t i = 0; i < count; i++) {
      const size_t row = first + i, at = row * reach->columns;
      const double spread = __builtin_elementwise_sqrt(squares(size, reach->products, at + 1, reach->columns - 1));
      const double length =
          __builtin_elementwise_sqrt(1 + squares(size, reach->hidden, row * reach->depth, reach->depth));
      const double base = smx_real_at(size, reach->base, row);
      double upper = smx_real_at(size, reach->products, at) + reach->radius * spread;
      if (top[i] > upper) upper = top[i];
      const double bound = upper - smx_real_at(size, max != NULL ? sum : mean, i) + base + slack(reach, length, base);
      smx_put_real(size, reach->limit, row, bound < base ? bound : base);
    }
  }
  return SMX_OK;
}
