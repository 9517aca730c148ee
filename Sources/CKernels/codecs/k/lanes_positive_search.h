// As search_positive.c, in lanes.

INLINE floats error_of_positive(
    int count, const floats *values, const floats *weights, float top, floats inverse) {
  floats scale = 1 / inverse, error = 0;
  for (int i = 0; i < count; i++) {
    floats difference = values[i] - scale * nearest(inverse * values[i], 0, top);
    error += weights[i] * difference * difference;
  }
  return error;
}

INLINE floats best_inverse_of_positive(
    int count, const floats *values, const floats *weights, float top, floats greatest) {
  floats best = top / greatest;
  floats least = error_of_positive(count, values, weights, top, best);
  for (int i = -4; i <= 4; i++) {
    if (i == 0) continue;
    floats inverse = (0.1f * (float)i + top) / greatest;
    floats error = error_of_positive(count, values, weights, top, inverse);
    ints better = error < least;
    least = better ? error : least;
    best = better ? inverse : best;
  }
  return best;
}

/// Whether a level moved in any lane; a lane in which none moved would move none in the next sweep.
INLINE bool move_levels_of_positive(
    int count, const floats *values, const floats *weights, float top, floats *levels,
    floats *level_value, floats *level_squared) {
  ints any_moved = 0;
  for (int i = 0; i < count; i++) {
    floats w = weights[i], x = values[i];
    floats value = *level_value - w * x * levels[i];
    floats squared = *level_squared - w * levels[i] * levels[i];
    ints may_move = (value > 0) & (squared > 0);
    floats level = nearest(x * squared / value, 0, top);
    may_move &= level != levels[i];
    value += w * x * level;
    squared += w * level * level;
    ints moves =
      may_move & (value * value * *level_squared > *level_value * *level_value * squared);
    levels[i] = moves ? level : levels[i];
    *level_value = moves ? value : *level_value;
    *level_squared = moves ? squared : *level_squared;
    any_moved |= moves;
  }
  return any(any_moved);
}

/// Gives the scale.
INLINE floats fit_positive(
    int count, const floats *values, const floats *weights, float top, floats *levels) {
  floats greatest = 0, zero = 0;
  for (int i = 0; i < count; i++) greatest = values[i] > greatest ? values[i] : greatest;
  ints is_zero = greatest < WEFT_K_EPSILON;
  floats inverse = best_inverse_of_positive(count, values, weights, top, greatest);
  floats level_value = 0, level_squared = 0;
  for (int i = 0; i < count; i++) {
    floats level = levels[i] = is_zero ? zero : nearest(inverse * values[i], 0, top);
    level_value += weights[i] * values[i] * level;
    level_squared += weights[i] * level * level;
  }
  for (int sweep = 0; sweep < 5; sweep++) {
    bool moved = move_levels_of_positive(
      count, values, weights, top, levels, &level_value, &level_squared);
    if (!moved) break;
  }
  for (int i = 0; i < count; i++) levels[i] = is_zero ? zero : levels[i];
  return (level_squared > 0) & ~is_zero ? level_value / level_squared : zero;
}
