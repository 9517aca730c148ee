// How large the inputs of layers are: which weights matter, and on which scale inputs can be integers. The functions check
// nothing: callers pass sizes that fit.
#ifndef WEFT_ENERGY_H
#define WEFT_ENERGY_H

#include <stddef.h>

#include "compute.h"

/// Adds the squares of tokens x [rows, columns], with `stride` from one to the next, to the sums of their columns.
void weft_add_token_squares(
  const float *x, size_t rows, size_t columns, size_t stride, double *sums);

/// Adds the sums of the squares that each element of a kernel is multiplied with to sums [kernel height, kernel width]: the
/// kernel goes over one plane of a picture and makes `output_height` rows of `output_width` pixels.
void weft_add_kernel_squares(
  const float *plane, const weft_window *window, size_t output_height, double *sums);

/// The largest magnitude, NaN where there is one.
float weft_largest_magnitude(const float *x, size_t count);

#endif
