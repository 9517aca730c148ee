// As scalar_symmetric.c, in lanes.

#define RUN WEFT_K_SYMMETRIC_RUN
#define RUN_COUNT (WEFT_K_SIZE / WEFT_K_SYMMETRIC_RUN)

/// The scales as levels in `levels`, and their unit.
INLINE floats spread_symmetric(
    const weft_symmetric_form *form, const floats *scales, floats *levels, ints *is_clear) {
  float half = form->scale_half;
  floats peak = peak_of(RUN_COUNT, scales), zero = 0, inverse = -half / peak;
  *is_clear = form->is_small ? peak == 0 : magnitude(peak) < WEFT_K_EPSILON;
  floats cleared = form->is_small ? -half : 0;
  for (int j = 0; j < RUN_COUNT; j++) {
    levels[j] = *is_clear ? cleared : nearest(inverse * scales[j], -half, half - 1);
  }
  return *is_clear ? zero : 1 / inverse;
}

INLINE floats fit_scales(float half, const floats *scales, const floats *run_weights, floats *levels) {
  floats unit = fit_symmetric(RUN_COUNT, scales, run_weights, half, levels);
  for (int j = 0; j < RUN_COUNT; j++) levels[j] -= half;
  return unit;
}

INLINE void settle_symmetric(
    float half, const floats *values, floats *levels, const floats *scales, floats unit,
    weft_k_block *blocks) {
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    floats scale = unit * scales[i / RUN];
    floats level = nearest(values[i] / scale, -half, half - 1) + half;
    levels[i] = scale != 0 ? level : levels[i];
    if (i % 4 == 3) scatter_levels(levels + i - 3, i - 3, blocks);
  }
}

INLINE void quantise_symmetric_as(
    const weft_symmetric_form *form, bool is_weighted, const floats *values,
    const floats *weights, weft_k_block *blocks) {
  floats levels[WEFT_K_SIZE], scales[RUN_COUNT], run_weights[RUN_COUNT], scale_levels[RUN_COUNT];
  for (int j = 0; j < RUN_COUNT; j++) {
    const floats *run = values + RUN * j, *w = weights + RUN * j;
    scales[j] = form->is_small && !is_weighted
      ? refine_symmetric(RUN, run, form->half, levels + RUN * j)
      : fit_symmetric(RUN, run, w, form->half, levels + RUN * j);
    run_weights[j] = is_weighted ? sum_of(RUN, w) : (floats)0;
  }
  ints is_clear = 0;
  floats zero = 0, unit;
  if (form->is_small && is_weighted) {
    unit = fit_scales(form->scale_half, scales, run_weights, scale_levels);
  } else {
    unit = spread_symmetric(form, scales, scale_levels, &is_clear);
  }
  for (int i = 0; !form->is_small && any(is_clear) && i < WEFT_K_SIZE; i++) {
    levels[i] = is_clear ? zero : levels[i];
  }
  ints half_unit = f16_of(unit);
  settle_symmetric(form->half, values, levels, scale_levels, widen_f16(half_unit), blocks);
  scatter_scales(RUN_COUNT, scale_levels, scale_levels, half_unit, half_unit, blocks);
}

INLINE void quantise_symmetric(
    const weft_symmetric_form *form, const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  floats values[WEFT_K_SIZE], weights[WEFT_K_SIZE];
  gather_values(rows, first, values);
  if (rows->importances) {
    gather_importances(rows, first, weights);
    if (form->is_small) weigh(2, values, weights);
    quantise_symmetric_as(form, true, values, weights, blocks);
  } else {
    for (int i = 0; i < WEFT_K_SIZE; i++) weights[i] = values[i] * values[i];
    quantise_symmetric_as(form, false, values, weights, blocks);
  }
}
