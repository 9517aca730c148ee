// The searches for the scale of a run, one run at a time: they define what is found.
//
// A level is a small whole number, kept as a float. Every sum is taken in the order of the elements.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c
#ifndef WEFT_K_SEARCH_H
#define WEFT_K_SEARCH_H

#include "block.h"

/// A run is about `scale * level - offset`; the offset is not negative.
typedef struct weft_fit {
  float scale, offset;
} weft_fit;

/// The whole number nearest to `x` within `low...high`, ties to even; NaN counts as `low`.
static inline float weft_nearest(float x, float low, float high) {
  const float shift = 12582912.0f;  // 1.5 * 2^23: the sum has no fraction
  float clamped = x > low ? x : low;
  clamped = clamped < high ? clamped : high;
  return (clamped + shift) - shift;
}

/// Finds levels 0...top, a scale and an offset with the least weighted error.
weft_fit weft_fit_affine(
  int count, const float *values, const float *weights, float top, weft_ramp ramp,
  _Bool is_absolute, float *levels);

/// Finds levels 0...top and a scale for values that are not negative; gives the scale.
float weft_fit_positive(
  int count, const float *values, const float *weights, float top, float *levels);

/// Finds levels 0..<2 * half, of which `half` stands for zero, and a scale; gives the scale.
///
/// The weights are the squares of the values if they are NULL. The levels of a run that counts as zero are all zero.
float weft_fit_symmetric(
  int count, const float *values, const float *weights, float half, float *levels);

/// As `weft_fit_symmetric` with squares as weights, but moves single levels instead of trying scales.
float weft_refine_symmetric(int count, const float *values, float half, float *levels);

/// The value of the greatest magnitude, the first of them; 0 if all are zero.
static inline float weft_peak(int count, const float *values) {
  float peak = 0, greatest = 0;
  for (int i = 0; i < count; i++) {
    float magnitude = __builtin_fabsf(values[i]);
    if (magnitude > greatest) greatest = magnitude, peak = values[i];
  }
  return peak;
}

#endif
