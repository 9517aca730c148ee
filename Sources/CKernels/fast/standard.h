// Normalisation with biased variance.
// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/nn/modules/normalization.py
#ifndef WEFT_FAST_STANDARD_H
#define WEFT_FAST_STANDARD_H

#include <math.h>
#include <stddef.h>

typedef struct weft_standard {
  double mean, inverse;  // 1 / sqrt(variance + epsilon)
} weft_standard;

/// Of so many numbers with this sum and sum of squares; a variance that rounding makes negative is zero.
static inline weft_standard weft_standardized(double sum, double square, size_t count, float epsilon) {
  double mean = sum / (double)count, variance = square / (double)count - mean * mean;
  return (weft_standard){.mean = mean, .inverse = 1.0 / sqrt((variance < 0 ? 0 : variance) + epsilon)};
}

#endif
