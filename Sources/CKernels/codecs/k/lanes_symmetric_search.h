// As search_symmetric.c, in lanes.

typedef struct symmetric_sums { floats level_value, level_squared; } symmetric_sums;

/// A run as the search goes through it again and again.
typedef struct symmetric_run {
  const floats *values;
  floats weights[WEFT_K_SYMMETRIC_RUN], weighted[WEFT_K_SYMMETRIC_RUN];  // w and w * x
} symmetric_run;

/// The sums for an inverse scale.
///
/// - below: whether levels may fall below -half, which takes a clamp more.
/// - is_unit: whether all weights are one; sums of squares then are whole numbers, which nothing rounds.
INLINE symmetric_sums symmetric_sums_of(
    const symmetric_run *run, float half, floats inverse, bool below, bool is_unit) {
  symmetric_sums sum = {0, 0};
  for (int i = 0; i < WEFT_K_SYMMETRIC_RUN; i++) {
    floats level = inverse * run->values[i];
    if (below) level = level > -half ? level : -half;
    level = whole(level < half - 1 ? level : half - 1);
    sum.level_value += (is_unit ? run->values[i] : run->weighted[i]) * level;
    if (is_unit) {
      sum.level_squared = __builtin_elementwise_fma(level, level, sum.level_squared);
    } else {
      sum.level_squared += run->weights[i] * level * level;
    }
  }
  return sum;
}

/// What the search found, and how the levels came about; those of lanes that count as zero are zero.
///
/// They are needed only if the scale becomes zero when it is stored, and are computed then.
typedef struct symmetric_fit {
  floats scale, inverse;
  ints is_zero;
} symmetric_fit;

/// The level that the search found for a value, from zero on.
INLINE floats first_level(const symmetric_fit *found, floats x, float half) {
  floats zero = 0, level = nearest(found->inverse * x, -half, half - 1) + half;
  return found->is_zero ? zero : level;
}

/// - is_finite: whether all values are, as those of elements should be; scales may not.
INLINE symmetric_fit search_symmetric(
    const symmetric_run *run, float half, bool is_finite, bool is_unit) {
  floats zero = 0, peak = peak_of(WEFT_K_SYMMETRIC_RUN, run->values);
  floats best_inverse = -half / peak;
  symmetric_sums sum = symmetric_sums_of(run, half, best_inverse, !is_finite, is_unit);
  floats scale = sum.level_squared != 0 ? sum.level_value / sum.level_squared : zero;
  floats best = scale * sum.level_value;
  for (int i = -9; i <= 9; i++) {
    if (i == 0) continue;
    floats inverse = -(half + 0.1f * (float)i) / peak;
    // The peak lies at -half - 0.1 * i, and all other values on this side of it.
    sum = i < 5 && is_finite ? symmetric_sums_of(run, half, inverse, false, is_unit)
                             : symmetric_sums_of(run, half, inverse, true, is_unit);
    ints better = (sum.level_squared > 0)
      & (sum.level_value * sum.level_value > best * sum.level_squared);
    scale = better ? sum.level_value / sum.level_squared : scale;
    best = better ? scale * sum.level_value : best;
    best_inverse = better ? inverse : best_inverse;
  }
  ints is_zero = magnitude(peak) < WEFT_K_EPSILON;
  return (symmetric_fit){is_zero ? zero : scale, best_inverse, is_zero};
}

INLINE void prepare(symmetric_run *run, const floats *values, const floats *weights) {
  run->values = values;
  for (int i = 0; i < WEFT_K_SYMMETRIC_RUN; i++) {
    run->weights[i] = weights ? weights[i] : values[i] * values[i];
    run->weighted[i] = run->weights[i] * values[i];
  }
}

/// Whether all values of all lanes are finite, and far from not being so.
INLINE bool are_finite(const floats *values) {
  floats total = 0;
  for (int i = 0; i < WEFT_K_SYMMETRIC_RUN; i++) total += magnitude(values[i]);
  return all(total < __builtin_inff());
}

INLINE bool are_one(const floats *weights) {
  ints is_one = weights[0] == 1;
  for (int i = 1; i < WEFT_K_SYMMETRIC_RUN; i++) is_one &= weights[i] == 1;
  return all(is_one);
}

/// - may_be_unit: whether weights that are all one are to be expected.
INLINE symmetric_fit fit_symmetric(
    const floats *values, const floats *weights, float half, bool may_be_unit) {
  symmetric_run run;
  bool is_finite = are_finite(values);
  if (may_be_unit && is_finite && are_one(weights)) {
    run.values = values;
    return search_symmetric(&run, half, true, true);
  }
  prepare(&run, values, weights);
  return is_finite ? search_symmetric(&run, half, true, false)
                   : search_symmetric(&run, half, false, false);
}

/// Whether a level moved in any lane; a lane in which none moved would move none in the next sweep.
INLINE bool move_symmetric_levels(
    const floats *values, float half, floats *levels, symmetric_sums *sum) {
  ints any_moved = 0;
  for (int i = 0; i < WEFT_K_SYMMETRIC_RUN; i++) {
    floats x = values[i], w = x * x;
    floats value = sum->level_value - w * x * levels[i];
    floats squared = sum->level_squared - w * levels[i] * levels[i];
    ints may_move = value > 0;
    floats level = nearest(x * squared / value, -half, half - 1);
    may_move &= level != levels[i];
    if (!any(may_move)) continue;  // as often happens after the first sweep
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

/// Writes levels from zero, those of lanes that count as zero being zero; gives the scale.
INLINE floats refine_symmetric(const floats *values, float half, floats *levels) {
  floats zero = 0, peak = peak_of(WEFT_K_SYMMETRIC_RUN, values), inverse = -half / peak;
  ints is_zero = magnitude(peak) < WEFT_K_EPSILON;
  symmetric_sums sum = {0, 0};
  for (int i = 0; i < WEFT_K_SYMMETRIC_RUN; i++) {
    floats level = levels[i] = nearest(inverse * values[i], -half, half - 1);
    floats w = values[i] * values[i];
    sum.level_value += w * values[i] * level;
    sum.level_squared += w * level * level;
  }
  for (int sweep = 0; sweep < 5; sweep++) {
    if (!move_symmetric_levels(values, half, levels, &sum)) break;
  }
  for (int i = 0; i < WEFT_K_SYMMETRIC_RUN; i++) levels[i] = is_zero ? zero : levels[i] + half;
  return (sum.level_squared > 0) & ~is_zero ? sum.level_value / sum.level_squared : zero;
}
