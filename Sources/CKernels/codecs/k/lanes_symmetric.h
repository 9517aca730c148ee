// As scalar_symmetric.c, in lanes.

#define RUN WEFT_K_SYMMETRIC_RUN
#define RUN_COUNT (WEFT_K_SIZE / WEFT_K_SYMMETRIC_RUN)

/// The scales as levels, and their unit; lanes whose scales are zero are marked.
INLINE floats spread_symmetric(
    const weft_symmetric_form *form, const floats *scales, floats *levels, ints *is_clear) {
  float half = form->scale_half;
  floats peak = peak_of(RUN_COUNT, scales), zero = 0, inverse = -half / peak;
  floats cleared = form->is_small ? -half : 0;
  *is_clear = form->is_small ? peak == 0 : magnitude(peak) < WEFT_K_EPSILON;
  for (int j = 0; j < RUN_COUNT; j++) {
    levels[j] = *is_clear ? cleared : nearest(inverse * scales[j], -half, half - 1);
  }
  return *is_clear ? zero : 1 / inverse;
}

/// Q3_K with importances: the scales as levels, and the best unit.
INLINE floats fit_scales(
    float half, const floats *scales, const floats *run_weights, floats *levels) {
  symmetric_run run;
  prepare(&run, scales, run_weights);
  symmetric_fit found = search_symmetric(&run, half, false, false);
  for (int j = 0; j < RUN_COUNT; j++) levels[j] = first_level(&found, scales[j], half) - half;
  return found.scale;
}

/// The levels of a run for its scale as it is stored; lanes whose scale became zero keep theirs.
INLINE void settle_symmetric(
    float half, const floats *values, const symmetric_fit *found, const floats *refined,
    floats scale, int start, weft_k_block *blocks) {
  bool keeps = any(scale == 0);
  floats levels[RUN];
  for (int i = 0; i < RUN; i++) {
    floats x = values[start + i], level = nearest(x / scale, -half, half - 1) + half;
    if (keeps) {
      floats first = refined ? refined[start + i] : first_level(found, x, half);
      level = scale != 0 ? level : first;
    }
    levels[i] = level;
  }
  scatter_levels(levels, start, blocks);
}

/// - refined: takes the levels of Q3_K without importances; NULL for all others.
INLINE void quantise_symmetric_as(
    const weft_symmetric_form *form, const floats *values, const floats *weights, floats *refined,
    weft_k_block *blocks) {
  symmetric_fit fits[RUN_COUNT];
  floats scales[RUN_COUNT], run_weights[RUN_COUNT], scale_levels[RUN_COUNT];
  bool fits_scales = form->is_small && weights;
  for (int j = 0; j < RUN_COUNT; j++) {
    const floats *run = values + RUN * j, *w = weights ? weights + RUN * j : NULL;
    if (refined) {
      scales[j] = refine_symmetric(run, form->half, refined + RUN * j);
      continue;
    }
    fits[j] = fit_symmetric(run, w, form->half, weights && !form->is_small);
    scales[j] = fits[j].scale;
    if (fits_scales) run_weights[j] = sum_of(RUN, w);
  }
  ints is_clear = 0;
  units unit = units_of(
    fits_scales ? fit_scales(form->scale_half, scales, run_weights, scale_levels)
                : spread_symmetric(form, scales, scale_levels, &is_clear));
  for (int j = 0; j < RUN_COUNT; j++) {
    if (!form->is_small) fits[j].is_zero |= is_clear;
    floats scale = unit.values * scale_levels[j];
    settle_symmetric(form->half, values, &fits[j], refined, scale, RUN * j, blocks);
  }
  scatter_scales(RUN_COUNT, scale_levels, blocks->scales, sizeof *blocks);
  for (int lane = 0; lane < LANES; lane++) blocks[lane].unit = unit.bits.lanes[lane];
}

INLINE void quantise_symmetric(
    const weft_symmetric_form *form, const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  floats values[WEFT_K_SIZE], buffer[WEFT_K_SIZE];
  gather_values(rows, first, values);
  if (rows->importances) {
    gather_importances(rows, first, buffer);
    if (form->is_small) weigh(2, values, buffer);
    quantise_symmetric_as(form, values, buffer, NULL, blocks);
  } else {
    quantise_symmetric_as(form, values, NULL, form->is_small ? buffer : NULL, blocks);
  }
}
