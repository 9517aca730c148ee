// As scalar_affine.c, in lanes.

INLINE void weigh_plainly(const weft_affine_form *form, const floats *values, floats *weights) {
  for (int start = 0; start < WEFT_K_SIZE; start += form->run_size) {
    floats sum = 0;
    for (int i = start; i < start + form->run_size; i++) sum += values[i] * values[i];
    floats usual = form->is_absolute
      ? (floats)0 : __builtin_elementwise_sqrt(sum / (float)form->run_size);
    for (int i = start; i < start + form->run_size; i++) weights[i] = usual + magnitude(values[i]);
  }
}

/// Turns importances into weights.
INLINE void weigh(float spread, const floats *values, floats *weights) {
  floats sum = 0;
  for (int i = 0; i < WEFT_K_SIZE; i++) sum += values[i] * values[i];
  floats mean = spread * sum / WEFT_K_SIZE;
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    weights[i] = weights[i] * __builtin_elementwise_sqrt(mean + values[i] * values[i]);
  }
}

INLINE floats sum_of(int count, const floats *values) {
  floats sum = 0;
  for (int i = 0; i < count; i++) sum += values[i];
  return sum;
}

/// As `spread_evenly` of scalar_affine.c.
INLINE floats spread_positive(int count, const floats *values, float top, floats *levels) {
  floats greatest = 0, zero = 0;
  for (int j = 0; j < count; j++) greatest = values[j] > greatest ? values[j] : greatest;
  floats inverse = greatest > 0 ? top / greatest : zero;
  for (int j = 0; j < count; j++) levels[j] = nearest(inverse * values[j], 0, top);
  return greatest / top;
}

/// The scales or offsets of the runs as levels, and their unit as f16.
INLINE ints quantise_fits(
    const weft_affine_form *form, const floats *fits, const floats *run_weights, bool is_weighted,
    floats *levels) {
  int count = WEFT_K_SIZE / form->run_size;
  return f16_of(
    is_weighted ? fit_positive(count, fits, run_weights, form->scale_top, levels)
                : spread_positive(count, fits, form->scale_top, levels));
}

/// The levels of the elements for the scales as they are stored; runs whose scale became zero keep theirs.
INLINE void settle_affine(
    const weft_affine_form *form, const floats *values, floats *levels, const floats *scales,
    const floats *offsets, floats unit, floats unit_of_offset, weft_k_block *blocks) {
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    floats scale = unit * scales[i / form->run_size];
    floats offset = unit_of_offset * offsets[i / form->run_size];
    floats level = nearest((values[i] + offset) / scale, 0, form->top);
    levels[i] = scale != 0 ? level : levels[i];
    if (i % 4 == 3) scatter_levels(levels + i - 3, i - 3, blocks);
  }
}

INLINE void scatter_scales(
    int count, const floats *scales, const floats *offsets, ints unit, ints unit_of_offset,
    weft_k_block *blocks) {
  for (int lane = 0; lane < LANES; lane++) {
    for (int j = 0; j < count; j++) {
      blocks[lane].scales[j] = (int8_t)scales[j][lane];
      blocks[lane].offsets[j] = (int8_t)offsets[j][lane];
    }
    blocks[lane].unit = (uint16_t)unit[lane];
    blocks[lane].unit_of_offset = (uint16_t)unit_of_offset[lane];
  }
}

INLINE void quantise_affine_as(
    const weft_affine_form *form, bool is_weighted, const floats *values, floats *weights,
    weft_k_block *blocks) {
  int count = WEFT_K_SIZE / form->run_size;
  floats levels[WEFT_K_SIZE], scales[WEFT_K_MAX_RUNS], offsets[WEFT_K_MAX_RUNS];
  floats run_weights[WEFT_K_MAX_RUNS];
  for (int j = 0; j < count; j++) {
    int start = j * form->run_size;
    run_weights[j] = sum_of(form->run_size, weights + start);
    fit f = fit_affine(
      form->run_size, values + start, weights + start, form->top,
      is_weighted ? form->weighted : form->plain, !is_weighted && form->is_absolute,
      levels + start);
    scales[j] = f.scale, offsets[j] = -f.low;
  }
  floats scale_levels[WEFT_K_MAX_RUNS], offset_levels[WEFT_K_MAX_RUNS];
  ints unit = quantise_fits(form, scales, run_weights, is_weighted, scale_levels);
  ints unit_of_offset = quantise_fits(form, offsets, run_weights, is_weighted, offset_levels);
  settle_affine(
    form, values, levels, scale_levels, offset_levels, widen_f16(unit),
    widen_f16(unit_of_offset), blocks);
  scatter_scales(count, scale_levels, offset_levels, unit, unit_of_offset, blocks);
}

INLINE void quantise_affine(
    const weft_affine_form *form, const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  floats values[WEFT_K_SIZE], weights[WEFT_K_SIZE];
  gather_values(rows, first, values);
  if (rows->importances) {
    gather_importances(rows, first, weights);
    weigh(form->spread, values, weights);
    quantise_affine_as(form, true, values, weights, blocks);
  } else {
    weigh_plainly(form, values, weights);
    quantise_affine_as(form, false, values, weights, blocks);
  }
}
