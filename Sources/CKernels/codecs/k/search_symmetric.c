#include "search.h"

#pragma STDC FP_CONTRACT OFF

/// The sums of least squares: weight * value * level and weight * level * level.
typedef struct sums {
  float level_value, level_squared;
} sums;

static sums sums_of(
    int count, const float *values, const float *weights, float half, float inverse) {
  sums sum = {0, 0};
  for (int i = 0; i < count; i++) {
    float level = weft_nearest(inverse * values[i], -half, half - 1);
    float w = weights ? weights[i] : values[i] * values[i];
    sum.level_value += w * values[i] * level;
    sum.level_squared += w * level * level;
  }
  return sum;
}

/// Whether the run counts as zero; its levels then are.
static _Bool is_zero(int count, float peak, float *levels) {
  if (!(__builtin_fabsf(peak) < WEFT_K_EPSILON)) return 0;
  for (int i = 0; i < count; i++) levels[i] = 0;
  return 1;
}

float weft_fit_symmetric(
    int count, const float *values, const float *weights, float half, float *levels) {
  float peak = weft_peak(count, values);
  if (is_zero(count, peak, levels)) return 0;
  float best_inverse = -half / peak;
  sums sum = sums_of(count, values, weights, half, best_inverse);
  float scale = sum.level_squared != 0 ? sum.level_value / sum.level_squared : 0;
  float best = scale * sum.level_value;
  for (int i = -9; i <= 9; i++) {
    if (i == 0) continue;
    float inverse = -(half + 0.1f * (float)i) / peak;
    sum = sums_of(count, values, weights, half, inverse);
    if (sum.level_squared > 0 && sum.level_value * sum.level_value > best * sum.level_squared) {
      scale = sum.level_value / sum.level_squared;
      best = scale * sum.level_value, best_inverse = inverse;
    }
  }
  for (int i = 0; i < count; i++) {
    levels[i] = weft_nearest(best_inverse * values[i], -half, half - 1) + half;
  }
  return scale;
}

/// Moves each level to where it is best given the others; gives the number of levels moved.
static int move_levels(int count, const float *values, float half, float *levels, sums *sum) {
  int moved = 0;
  for (int i = 0; i < count; i++) {
    float x = values[i], w = x * x;
    float value = sum->level_value - w * x * levels[i];
    if (!(value > 0)) continue;
    float squared = sum->level_squared - w * levels[i] * levels[i];
    float level = weft_nearest(x * squared / value, -half, half - 1);
    if (level == levels[i]) continue;
    value += w * x * level;
    squared += w * level * level;
    if (squared > 0
        && value * value * sum->level_squared > sum->level_value * sum->level_value * squared) {
      levels[i] = level, *sum = (sums){value, squared}, moved++;
    }
  }
  return moved;
}

float weft_refine_symmetric(int count, const float *values, float half, float *levels) {
  float peak = weft_peak(count, values);
  if (is_zero(count, peak, levels)) return 0;
  float inverse = -half / peak;
  for (int i = 0; i < count; i++) {
    levels[i] = weft_nearest(inverse * values[i], -half, half - 1);
  }
  sums sum = sums_of(count, values, 0, half, inverse);
  for (int sweep = 0; sweep < 5; sweep++) {
    if (!move_levels(count, values, half, levels, &sum)) break;
  }
  for (int i = 0; i < count; i++) levels[i] += half;
  return sum.level_squared > 0 ? sum.level_value / sum.level_squared : 0;
}
