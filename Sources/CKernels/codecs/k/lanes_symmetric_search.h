// As search_symmetric.c, in lanes.

typedef struct symmetric_sums { floats level_value, level_squared; } symmetric_sums;

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

INLINE symmetric_sums symmetric_sums_of(
    int count, const floats *values, const floats *weights, float half, floats inverse) {
  symmetric_sums sum = {0, 0};
  for (int i = 0; i < count; i++) {
    floats level = nearest(inverse * values[i], -half, half - 1);
    sum.level_value += weights[i] * values[i] * level;
    sum.level_squared += weights[i] * level * level;
  }
  return sum;
}

/// Writes levels from zero; those of lanes that count as zero are zero.
INLINE floats fit_symmetric(
    int count, const floats *values, const floats *weights, float half, floats *levels) {
  floats zero = 0, peak = peak_of(count, values);
  ints is_zero = magnitude(peak) < WEFT_K_EPSILON;
  floats best_inverse = -half / peak;
  symmetric_sums sum = symmetric_sums_of(count, values, weights, half, best_inverse);
  floats scale = sum.level_squared != 0 ? sum.level_value / sum.level_squared : zero;
  floats best = scale * sum.level_value;
  for (int i = -9; i <= 9; i++) {
    if (i == 0) continue;
    floats inverse = -(half + 0.1f * (float)i) / peak;
    sum = symmetric_sums_of(count, values, weights, half, inverse);
    ints better = (sum.level_squared > 0)
      & (sum.level_value * sum.level_value > best * sum.level_squared);
    if (!any(better)) continue;
    scale = better ? sum.level_value / sum.level_squared : scale;
    best = better ? scale * sum.level_value : best;
    best_inverse = better ? inverse : best_inverse;
  }
  for (int i = 0; i < count; i++) {
    floats level = nearest(best_inverse * values[i], -half, half - 1) + half;
    levels[i] = is_zero ? zero : level;
  }
  return is_zero ? zero : scale;
}

INLINE bool move_symmetric_levels(
    int count, const floats *values, float half, floats *levels, symmetric_sums *sum) {
  ints any_moved = 0;
  for (int i = 0; i < count; i++) {
    floats x = values[i], w = x * x;
    floats value = sum->level_value - w * x * levels[i];
    floats squared = sum->level_squared - w * levels[i] * levels[i];
    ints may_move = value > 0;
    floats level = nearest(x * squared / value, -half, half - 1);
    may_move &= level != levels[i];
    value += w * x * level;
    squared += w * level * level;
    ints moves = may_move & (squared > 0)
      & (value * value * sum->level_squared > sum->level_value * sum->level_value * squared);
    levels[i] = moves ? level : levels[i];
    sum->level_value = moves ? value : sum->level_value;
    sum->level_squared = moves ? squared : sum->level_squared;
    any_moved |= moves;
  }
  return any(any_moved);
}

/// Writes levels from zero; those of lanes that count as zero are zero.
INLINE floats refine_symmetric(int count, const floats *values, float half, floats *levels) {
  floats zero = 0, peak = peak_of(count, values);
  ints is_zero = magnitude(peak) < WEFT_K_EPSILON;
  floats inverse = -half / peak;
  symmetric_sums sum = {0, 0};
  for (int i = 0; i < count; i++) {
    floats level = levels[i] = nearest(inverse * values[i], -half, half - 1);
    floats w = values[i] * values[i];
    sum.level_value += w * values[i] * level;
    sum.level_squared += w * level * level;
  }
  for (int sweep = 0; sweep < 5; sweep++) {
    if (!move_symmetric_levels(count, values, half, levels, &sum)) break;
  }
  for (int i = 0; i < count; i++) levels[i] = is_zero ? zero : levels[i] + half;
  return (sum.level_squared > 0) & ~is_zero ? sum.level_value / sum.level_squared : zero;
}
