// The same numbers of many blocks at a time: each lane is a block and does what the scalar functions do.
//
// Included by the file of each instruction set, which defines LANES: two vectors of the processor, so that one can
// work while the other waits. What is a branch there is a choice between two results here; comparisons with NaN are
// false in both.
#include <stdbool.h>

#include "quantisers.h"

#pragma STDC FP_CONTRACT OFF
// Functions that take vectors are always inlined: no calling convention is concerned.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

typedef float floats __attribute__((ext_vector_type(LANES)));
typedef int ints __attribute__((ext_vector_type(LANES)));

/// Whether any lane of a comparison holds.
INLINE bool any(ints mask) { return __builtin_reduce_or(mask) != 0; }

/// Whether all lanes of a comparison hold.
INLINE bool all(ints mask) { return __builtin_reduce_and(mask) != 0; }

INLINE floats magnitude(floats x) { return __builtin_elementwise_abs(x); }

INLINE floats square_root(floats x) { return __builtin_elementwise_sqrt(x); }

/// The nearest whole number, ties to even.
INLINE floats whole(floats x) { return __builtin_elementwise_roundeven(x); }

/// As `weft_nearest`.
INLINE floats nearest(floats x, float low, float high) {
  floats clamped = x > low ? x : low;
  return whole(clamped < high ? clamped : high);
}

INLINE floats sum_of(int count, const floats *values) {
  floats sum = 0;
  for (int i = 0; i < count; i++) sum += values[i];
  return sum;
}

INLINE floats sum_of_squares(int count, const floats *values) {
  floats sum = 0;
  for (int i = 0; i < count; i++) sum += values[i] * values[i];
  return sum;
}

/// The value of the greatest magnitude, the first of them.
INLINE floats peak_of(int count, const floats *values) {
  floats peak = 0, greatest = 0;
  for (int i = 0; i < count; i++) {
    floats m = magnitude(values[i]);
    peak = m > greatest ? values[i] : peak;
    greatest = m > greatest ? m : greatest;
  }
  return peak;
}

/// Turns importances into weights.
INLINE void weigh(float spread, const floats *values, floats *weights) {
  floats mean = spread * sum_of_squares(WEFT_K_SIZE, values) / WEFT_K_SIZE;
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    weights[i] = weights[i] * square_root(mean + values[i] * values[i]);
  }
}
