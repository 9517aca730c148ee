#include "search.h"

#pragma STDC FP_CONTRACT OFF

static float level_of(float x, float low, float inverse, float top) {
  return weft_nearest(inverse * (x - low), 0, top);
}

static void find_levels(
    int count, const float *values, float low, float inverse, float top, float *levels) {
  for (int i = 0; i < count; i++) levels[i] = level_of(values[i], low, inverse, top);
}

/// What least squares needs to know of a run and its levels.
typedef struct sums {
  float level, level_squared, level_value;
} sums;

static sums sums_of(
    int count, const float *values, const float *weights, float low, float inverse, float top) {
  sums sum = {0, 0, 0};
  for (int i = 0; i < count; i++) {
    float level = level_of(values[i], low, inverse, top);
    float weighted = weights[i] * level;
    sum.level += weighted;
    sum.level_squared += weighted * level;
    sum.level_value += weighted * values[i];
  }
  return sum;
}

static float error_of(
    int count, const float *values, const float *weights, float low, float inverse, float top,
    weft_fit fit, _Bool is_absolute) {
  float error = 0;
  for (int i = 0; i < count; i++) {
    float level = level_of(values[i], low, inverse, top);
    float difference = fit.scale * level - fit.offset - values[i];
    error += weights[i] * (is_absolute ? __builtin_fabsf(difference) : difference * difference);
  }
  return error;
}

/// The scale and offset of the least squares, with an offset that is not negative.
static weft_fit least_squares(sums sum, float sum_weight, float sum_value, float determinant) {
  float scale = (sum_weight * sum.level_value - sum_value * sum.level) / determinant;
  float low = (sum.level_squared * sum_value - sum.level * sum.level_value) / determinant;
  if (low > 0) return (weft_fit){sum.level_value / sum.level_squared, -0.0f};
  return (weft_fit){scale, -low};
}

/// The least and the greatest value, and the sums of the weights and of the weighted values.
typedef struct range {
  float low, high, sum_weight, sum_value;
} range;

static range range_of(int count, const float *values, const float *weights) {
  range r = {values[0], values[0], weights[0], weights[0] * values[0]};
  for (int i = 1; i < count; i++) {
    if (values[i] < r.low) r.low = values[i];
    if (values[i] > r.high) r.high = values[i];
    r.sum_weight += weights[i];
    r.sum_value += weights[i] * values[i];
  }
  if (r.low > 0) r.low = 0;
  return r;
}

weft_fit weft_fit_affine(
    int count, const float *values, const float *weights, float top, weft_ramp ramp,
    _Bool is_absolute, float *levels) {
  range r = range_of(count, values, weights);
  if (r.high <= r.low) {
    for (int i = 0; i < count; i++) levels[i] = 0;
    return (weft_fit){0, -r.low};
  }
  float inverse = top / (r.high - r.low);
  weft_fit best = {1 / inverse, -r.low};
  find_levels(count, values, r.low, inverse, top, levels);
  float least =
    error_of(count, values, weights, r.low, inverse, top, best, is_absolute);
  for (int i = 0; i <= ramp.last; i++) {
    // The offset of the best fit so far is where the levels of the next ones start.
    float low = -best.offset;
    inverse = (ramp.start + ramp.step * (float)i + top) / (r.high - low);
    sums sum = sums_of(count, values, weights, low, inverse, top);
    float determinant = r.sum_weight * sum.level_squared - sum.level * sum.level;
    if (!(determinant > 0)) continue;
    weft_fit fit = least_squares(sum, r.sum_weight, r.sum_value, determinant);
    float error = error_of(count, values, weights, low, inverse, top, fit, is_absolute);
    if (!(error < least)) continue;
    least = error, best = fit;
    find_levels(count, values, low, inverse, top, levels);
  }
  return best;
}
