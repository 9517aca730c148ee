// As search_affine.c, in lanes.

/// A run is about `scale * level + low`.
typedef struct fit { floats scale, low; } fit;

INLINE floats level_of(floats x, floats low, floats inverse, float top) {
  return nearest(inverse * (x - low), 0, top);
}

INLINE floats penalty(fit f, floats level, floats value, floats weight, bool is_absolute) {
  floats difference = f.scale * level + f.low - value;
  return weight * (is_absolute ? magnitude(difference) : difference * difference);
}

typedef struct sums { floats level, level_squared, level_value; } sums;

/// The sums of least squares; also writes the levels.
INLINE sums sums_of(
    int count, const floats *values, const floats *weights, floats low, floats inverse, float top,
    floats *levels) {
  sums sum = {0, 0, 0};
  for (int i = 0; i < count; i++) {
    floats level = level_of(values[i], low, inverse, top);
    floats weighted = weights[i] * level;
    levels[i] = level;
    sum.level += weighted;
    sum.level_squared += weighted * level;
    sum.level_value += weighted * values[i];
  }
  return sum;
}

INLINE floats error_of(
    int count, const floats *values, const floats *weights, const floats *levels, fit f,
    bool is_absolute) {
  floats error = 0;
  for (int i = 0; i < count; i++) {
    error += penalty(f, levels[i], values[i], weights[i], is_absolute);
  }
  return error;
}

INLINE fit least_squares(sums sum, floats sum_weight, floats sum_value, floats determinant) {
  floats scale = (sum_weight * sum.level_value - sum_value * sum.level) / determinant;
  floats low = (sum.level_squared * sum_value - sum.level * sum.level_value) / determinant;
  ints above = low > 0;
  return (fit){above ? sum.level_value / sum.level_squared : scale, above ? 0 : low};
}

typedef struct range { floats low, high, sum_weight, sum_value; } range;

INLINE range range_of(int count, const floats *values, const floats *weights) {
  range r = {values[0], values[0], weights[0], weights[0] * values[0]};
  for (int i = 1; i < count; i++) {
    r.low = values[i] < r.low ? values[i] : r.low;
    r.high = values[i] > r.high ? values[i] : r.high;
    r.sum_weight += weights[i];
    r.sum_value += weights[i] * values[i];
  }
  r.low = r.low > 0 ? 0 : r.low;
  return r;
}

INLINE void choose(int count, ints mask, const floats *chosen, floats *levels) {
  for (int i = 0; i < count; i++) levels[i] = mask ? chosen[i] : levels[i];
}

INLINE fit fit_affine(
    int count, const floats *values, const floats *weights, float top, weft_ramp ramp,
    bool is_absolute, floats *levels) {
  floats tried[32];
  range r = range_of(count, values, weights);
  ints is_flat = r.high <= r.low;
  floats inverse = top / (r.high - r.low);
  fit best = {1 / inverse, r.low};
  for (int i = 0; i < count; i++) levels[i] = level_of(values[i], r.low, inverse, top);
  floats least = error_of(count, values, weights, levels, best, is_absolute);
  for (int i = 0; i <= ramp.last; i++) {
    inverse = (ramp.start + ramp.step * (float)i + top) / (r.high - best.low);
    sums sum = sums_of(count, values, weights, best.low, inverse, top, tried);
    floats determinant = r.sum_weight * sum.level_squared - sum.level * sum.level;
    fit f = least_squares(sum, r.sum_weight, r.sum_value, determinant);
    floats error = error_of(count, values, weights, tried, f, is_absolute);
    ints better = (determinant > 0) & (error < least) & ~is_flat;
    if (!any(better)) continue;
    least = better ? error : least;
    best = (fit){better ? f.scale : best.scale, better ? f.low : best.low};
    choose(count, better, tried, levels);
  }
  floats zero = 0;
  choose(count, is_flat, (floats[32]){0}, levels);
  return (fit){is_flat ? zero : best.scale, best.low};
}
