// How much of the values of a tensor is lost, as searches for types need it: less than a comparison tells, and faster.
#ifndef WEFT_SQUARED_ERROR_H
#define WEFT_SQUARED_ERROR_H

#include <stddef.h>

#include "codecs.h"

/// Sums over pairs of a value and what is stored of it; not finite when a value, or what is stored, is not.
typedef struct weft_squared_error {
  double of_differences;  // the sum of (value - stored)^2
  double of_values;       // the sum of value^2
} weft_squared_error;

/// The sums over so many pairs, the same for every instruction set.
weft_squared_error weft_measure_squared_error(
  const float *values, const float *stored, size_t count, weft_isa isa);

#endif
