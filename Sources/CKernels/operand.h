// One element of a low-rank product: the definition that every faster way must meet.
#ifndef WEFT_OPERAND_H
#define WEFT_OPERAND_H

#include <math.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

/// down[k, column].
static inline double weft_down(const weft_low_rank *operand, size_t k, size_t column) {
  size_t panel = column / WEFT_PANEL, lane = column % WEFT_PANEL;
  size_t index = (panel * operand->rank + k) * WEFT_PANEL + lane;
  return operand->down32 ? (double)operand->down32[index] : operand->down64[index];
}

/// The sum of all terms, in order, of scale * (the sum over the term's k, ascending, of up[row, k] * down[k, column]).
///
/// All in float64 with one rounding for each k, and two for each term. The products of 16-bit factors and nearly all of
/// their sums are exact, so that the scale is applied to an exact number, as in the formula on paper.
static inline double weft_low_rank_sum(const weft_low_rank *operand, size_t row, size_t column) {
  const double *up = operand->up + row * operand->rank;
  double total = 0;
  for (size_t term = 0, k = 0; term < operand->term_count; term++) {
    double sum = 0;
    for (; k < operand->term_ends[term]; k++) {
      sum = __builtin_fma(up[k], weft_down(operand, k, column), sum);
    }
    double product = operand->scales[term] * sum;
    total = total + product;
  }
  return total;
}

#endif
