#include "search.h"

#pragma STDC FP_CONTRACT OFF

static float error_of(
    int count, const float *values, const float *weights, float top, float inverse) {
  float scale = 1 / inverse, error = 0;
  for (int i = 0; i < count; i++) {
    float difference = values[i] - scale * weft_nearest(inverse * values[i], 0, top);
    error += weights[i] * difference * difference;
  }
  return error;
}

/// The inverse scale of those tried that has the least error.
static float best_inverse(
    int count, const float *values, const float *weights, float top, float greatest) {
  float best = top / greatest;
  float least = error_of(count, values, weights, top, best);
  for (int i = -4; i <= 4; i++) {
    if (i == 0) continue;
    float inverse = (0.1f * (float)i + top) / greatest;
    float error = error_of(count, values, weights, top, inverse);
    if (error < least) least = error, best = inverse;
  }
  return best;
}

/// Moves each level to where it is best given the others; gives the number of levels moved.
static int move_levels(
    int count, const float *values, const float *weights, float top, float *levels,
    float *level_value, float *level_squared) {
  int moved = 0;
  for (int i = 0; i < count; i++) {
    float w = weights[i], x = values[i];
    float value = *level_value - w * x * levels[i];
    float squared = *level_squared - w * levels[i] * levels[i];
    if (!(value > 0 && squared > 0)) continue;
    float level = weft_nearest(x * squared / value, 0, top);
    if (level == levels[i]) continue;
    value += w * x * level;
    squared += w * level * level;
    if (value * value * *level_squared > *level_value * *level_value * squared) {
      levels[i] = level, *level_value = value, *level_squared = squared, moved++;
    }
  }
  return moved;
}

float weft_fit_positive(
    int count, const float *values, const float *weights, float top, float *levels) {
  float greatest = 0;
  for (int i = 0; i < count; i++) {
    if (values[i] > greatest) greatest = values[i];
    levels[i] = 0;
  }
  if (greatest < WEFT_K_EPSILON) return 0;
  float inverse = best_inverse(count, values, weights, top, greatest);
  float level_value = 0, level_squared = 0;
  for (int i = 0; i < count; i++) {
    float level = levels[i] = weft_nearest(inverse * values[i], 0, top);
    level_value += weights[i] * values[i] * level;
    level_squared += weights[i] * level * level;
  }
  for (int sweep = 0; sweep < 5; sweep++) {
    if (!move_levels(count, values, weights, top, levels, &level_value, &level_squared)) break;
  }
  return level_squared > 0 ? level_value / level_squared : 0;
}
