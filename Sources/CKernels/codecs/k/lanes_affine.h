// As scalar_affine.c, in lanes.

INLINE void weigh_plainly(const weft_affine_form *form, const floats *values, floats *weights) {
  for (int start = 0; start < WEFT_K_SIZE; start += form->run_size) {
    floats sum = sum_of_squares(form->run_size, values + start), zero = 0;
    floats usual = form->is_absolute ? zero : square_root(sum / (float)form->run_size);
    for (int i = start; i < start + form->run_size; i++) weights[i] = usual + magnitude(values[i]);
  }
}

/// As `spread_evenly` of scalar_affine.c.
INLINE floats spread_positive(int count, const floats *values, float top, floats *levels) {
  floats greatest = 0, zero = 0;
  for (int j = 0; j < count; j++) greatest = values[j] > greatest ? values[j] : greatest;
  floats inverse = greatest > 0 ? top / greatest : zero;
  for (int j = 0; j < count; j++) levels[j] = nearest(inverse * values[j], 0, top);
  return greatest / top;
}

/// The scales or offsets of the runs as levels, and their unit.
INLINE units quantise_fits(
    const weft_affine_form *form, const floats *fits, const floats *run_weights, bool is_weighted,
    floats *levels) {
  int count = WEFT_K_SIZE / form->run_size;
  return units_of(
    is_weighted ? fit_positive(count, fits, run_weights, form->scale_top, levels)
                : spread_positive(count, fits, form->scale_top, levels));
}

/// The levels of a run for its scale as it is stored; lanes whose scale became zero keep theirs.
INLINE void settle_affine(
    const weft_affine_form *form, const floats *values, const affine_fit *found, floats scale,
    floats offset, int start, weft_k_block *blocks) {
  bool keeps = any(scale == 0);
  for (int part = start; part < start + form->run_size; part += 16) {
    floats levels[16];
    for (int i = 0; i < 16; i++) {
      floats x = values[part + i], level = nearest((x + offset) / scale, 0, form->top);
      if (keeps) {
        floats first = level_of(x, found->start, found->inverse, form->top, true);
        level = scale != 0 ? level : first;
      }
      levels[i] = level;
    }
    scatter_levels(levels, part, blocks);
  }
}

INLINE void quantise_affine_as(
    const weft_affine_form *form, bool is_weighted, const floats *values, const floats *weights,
    weft_k_block *blocks) {
  int size = form->run_size, count = WEFT_K_SIZE / size;
  affine_fit fits[WEFT_K_MAX_RUNS];
  floats scales[WEFT_K_MAX_RUNS], offsets[WEFT_K_MAX_RUNS], run_weights[WEFT_K_MAX_RUNS];
  for (int j = 0; j < count; j++) {
    fits[j] = fit_affine(
      size, values + j * size, weights + j * size, form->top,
      is_weighted ? form->weighted : form->plain, !is_weighted && form->is_absolute);
    scales[j] = fits[j].scale, offsets[j] = -fits[j].low;
    run_weights[j] = sum_of(size, weights + j * size);
  }
  floats scale_levels[WEFT_K_MAX_RUNS], offset_levels[WEFT_K_MAX_RUNS];
  units unit = quantise_fits(form, scales, run_weights, is_weighted, scale_levels);
  units unit_of_offset = quantise_fits(form, offsets, run_weights, is_weighted, offset_levels);
  for (int j = 0; j < count; j++) {
    floats scale = unit.values * scale_levels[j];
    floats offset = unit_of_offset.values * offset_levels[j];
    settle_affine(form, values, &fits[j], scale, offset, j * size, blocks);
  }
  scatter_scales(count, scale_levels, blocks->scales, sizeof *blocks);
  scatter_scales(count, offset_levels, blocks->offsets, sizeof *blocks);
  for (int lane = 0; lane < LANES; lane++) {
    blocks[lane].unit = unit.bits.lanes[lane];
    blocks[lane].unit_of_offset = unit_of_offset.bits.lanes[lane];
  }
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
