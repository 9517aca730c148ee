// One element of a low-rank product: the definition that every faster way must meet.
#ifndef WEFT_OPERAND_H
#define WEFT_OPERAND_H

#include <math.h>

#include "CKernels.h"

/// down[k, column].
static inline double weft_down(const weft_low_rank *operand, size_t k, size_t column) {
  size_t panel = column / WEFT_PANEL, lane = column % WEFT_PANEL;
  size_t index = (panel * operand->rank + k) * WEFT_PANEL + lane;
  return operand->down32 ? (double)operand->down32[index] : operand->down64[index];
}

/// The sum over k, ascending, of up[row, k] * down[k, column]: float64, one rounding for each k.
static inline double weft_low_rank_sum(const weft_low_rank *operand, size_t row, size_t column) {
  const double *up = operand->up + row * operand->rank;
  double sum = 0;
  for (size_t k = 0; k < operand->rank; k++) {
    sum = __builtin_fma(up[k], weft_down(operand, k, column), sum);
  }
  return sum;
}

#endif
