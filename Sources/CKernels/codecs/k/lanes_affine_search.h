// As search_affine.c, in lanes.

/// What the search found: a run is about `scale * level + low`, and how the levels came about.
///
/// They are needed only if the scale becomes zero when it is stored, and are computed then.
typedef struct affine_fit { floats scale, low, inverse, start; } affine_fit;

/// The scale and offset of least squares.
typedef struct line { floats scale, low; } line;

INLINE floats level_of(floats x, floats low, floats inverse, float top, bool clamps) {
  floats level = inverse * (x - low);
  return clamps ? nearest(level, 0, top) : whole(level);
}

INLINE floats penalty(line f, floats level, floats value, floats weight, bool is_absolute) {
  floats difference = f.scale * level + f.low - value;
  return weight * (is_absolute ? magnitude(difference) : difference * difference);
}

typedef struct sums { floats level, level_squared, level_value; } sums;

/// The sums of least squares; also writes the levels.
INLINE sums sums_of(
    int count, const floats *values, const floats *weights, floats low, floats inverse, float top,
    bool clamps, floats *levels) {
  sums sum = {0, 0, 0};
  for (int i = 0; i < count; i++) {
    floats level = level_of(values[i], low, inverse, top, clamps);
    floats weighted = weights[i] * level;
    levels[i] = level;
    sum.level += weighted;
    sum.level_squared += weighted * level;
    sum.level_value += weighted * values[i];
  }
  return sum;
}

INLINE floats error_of(
    int count, const floats *values, const floats *weights, const floats *levels, line f,
    bool is_absolute) {
  floats error = 0;
  for (int i = 0; i < count; i++) {
    error += penalty(f, levels[i], values[i], weights[i], is_absolute);
  }
  return error;
}

INLINE line least_squares(sums sum, floats sum_weight, floats sum_value, floats determinant) {
  floats scale = (sum_weight * sum.level_value - sum_value * sum.level) / determinant;
  floats low = (sum.level_squared * sum_value - sum.level * sum.level_value) / determinant;
  ints above = low > 0;
  return (line){above ? sum.level_value / sum.level_squared : scale, above ? 0 : low};
}

typedef struct range { floats least, low, high, sum_weight, sum_value; } range;

INLINE range range_of(int count, const floats *values, const floats *weights) {
  range r = {values[0], values[0], values[0], weights[0], weights[0] * values[0]};
  for (int i = 1; i < count; i++) {
    r.least = values[i] < r.least ? values[i] : r.least;
    r.high = values[i] > r.high ? values[i] : r.high;
    r.sum_weight += weights[i];
    r.sum_value += weights[i] * values[i];
  }
  r.low = r.least > 0 ? 0 : r.least;
  return r;
}

/// Whether no level needs to be clamped: if those of the least and the greatest value need not, none between does.
INLINE bool stays_within(range r, floats low, floats inverse, float top) {
  floats first = inverse * (r.least - low), last = inverse * (r.high - low);
  float end = top + 0.5f;
  return all((first >= -0.5f) & (first < end) & (last >= -0.5f) & (last < end));
}

INLINE affine_fit fit_affine(
    int count, const floats *values, const floats *weights, float top, weft_ramp ramp,
    bool is_absolute) {
  floats levels[32], zero = 0;
  range r = range_of(count, values, weights);
  floats inverse = top / (r.high - r.low);
  affine_fit best = {1 / inverse, r.low, inverse, r.low};
  sums_of(count, values, weights, r.low, inverse, top, true, levels);
  floats least =
    error_of(count, values, weights, levels, (line){best.scale, best.low}, is_absolute);
  for (int i = 0; i <= ramp.last; i++) {
    floats start = best.low;
    inverse = (ramp.start + ramp.step * (float)i + top) / (r.high - start);
    sums sum = stays_within(r, start, inverse, top)
      ? sums_of(count, values, weights, start, inverse, top, false, levels)
      : sums_of(count, values, weights, start, inverse, top, true, levels);
    floats determinant = r.sum_weight * sum.level_squared - sum.level * sum.level;
    line f = least_squares(sum, r.sum_weight, r.sum_value, determinant);
    floats error = error_of(count, values, weights, levels, f, is_absolute);
    ints better = (determinant > 0) & (error < least);
    least = better ? error : least;
    best.scale = better ? f.scale : best.scale;
    best.low = better ? f.low : best.low;
    best.inverse = better ? inverse : best.inverse;
    best.start = better ? start : best.start;
  }
  ints is_flat = r.high <= r.low;
  best.scale = is_flat ? zero : best.scale;
  best.low = is_flat ? r.low : best.low;
  best.inverse = is_flat ? zero : best.inverse;
  best.start = is_flat ? r.low : best.start;
  return best;
}
