// Q3_K and Q6_K: runs with scales alone.
#include <math.h>

#include "../../numbers.h"
#include "quantisers.h"
#include "search.h"

#pragma STDC FP_CONTRACT OFF

#define RUN WEFT_K_SYMMETRIC_RUN
#define RUN_COUNT (WEFT_K_SIZE / WEFT_K_SYMMETRIC_RUN)

/// Q3_K with importances: the best unit for the scales; gives it.
static float fit_scales(float half, const float *scales, const float *run_weights, int8_t *result) {
  float levels[RUN_COUNT];
  float unit = weft_fit_symmetric(RUN_COUNT, scales, run_weights, half, levels);
  for (int j = 0; j < RUN_COUNT; j++) result[j] = (int8_t)(levels[j] - half);
  return unit;
}

/// Levels for the scales in proportion to the greatest, which gets the lowest level; gives the unit.
static float spread_evenly(float half, const float *scales, float peak, int8_t *result) {
  float inverse = -half / peak;
  for (int j = 0; j < RUN_COUNT; j++) {
    result[j] = (int8_t)weft_nearest(inverse * scales[j], -half, half - 1);
  }
  return 1 / inverse;
}

static void settle_levels(
    float half, const float *values, const float *levels, weft_k_block *block) {
  float unit = (float)weft_widen_f16(block->unit);
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    float scale = unit * (float)block->scales[i / RUN];
    float level =
      scale != 0 ? weft_nearest(values[i] / scale, -half, half - 1) + half : levels[i];
    block->levels[i] = (uint8_t)level;
  }
}

/// Q3_K weighs errors as the types with offsets do, Q6_K by the importances alone.
static const float *weigh(
    const weft_symmetric_form *form, const float *values, const float *importances,
    float *weights) {
  if (!importances || !form->is_small) return importances;
  float sum = 0;
  for (int i = 0; i < WEFT_K_SIZE; i++) sum += values[i] * values[i];
  float mean = 2 * sum / WEFT_K_SIZE;
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    weights[i] = importances[i] * sqrtf(mean + values[i] * values[i]);
  }
  return weights;
}

/// Finds levels and a scale for each run; with weights, also gives their sums.
static void fit_runs(
    const weft_symmetric_form *form, const float *values, const float *weights, float *levels,
    float *scales, float *run_weights) {
  for (int j = 0; j < RUN_COUNT; j++) {
    const float *run = values + RUN * j, *w = weights ? weights + RUN * j : NULL;
    scales[j] = form->is_small && !w ? weft_refine_symmetric(RUN, run, form->half, levels + RUN * j)
                                     : weft_fit_symmetric(RUN, run, w, form->half, levels + RUN * j);
    run_weights[j] = 0;
    for (int i = 0; w && i < RUN; i++) run_weights[j] += w[i];
  }
}

/// Scales of zero: of Q3_K the levels stay, with the lowest scale; of Q6_K everything becomes zero.
static void clear(const weft_symmetric_form *form, float *levels, int8_t *scales) {
  for (int j = 0; j < RUN_COUNT; j++) scales[j] = form->is_small ? (int8_t)-form->scale_half : 0;
  for (int i = 0; !form->is_small && i < WEFT_K_SIZE; i++) levels[i] = 0;
}

static void quantise(
    const weft_symmetric_form *form, const float *values, const float *importances,
    weft_k_block *block) {
  float buffer[WEFT_K_SIZE], levels[WEFT_K_SIZE], scales[RUN_COUNT], run_weights[RUN_COUNT];
  const float *weights = weigh(form, values, importances, buffer);
  fit_runs(form, values, weights, levels, scales, run_weights);
  float peak = weft_peak(RUN_COUNT, scales), unit = 0;
  if (form->is_small && weights) {
    unit = fit_scales(form->scale_half, scales, run_weights, block->scales);
  } else if (form->is_small ? peak == 0 : fabsf(peak) < WEFT_K_EPSILON) {
    clear(form, levels, block->scales);
  } else {
    unit = spread_evenly(form->scale_half, scales, peak, block->scales);
  }
  block->unit = weft_round_f16((double)unit);
  settle_levels(form->half, values, levels, block);
}

void weft_quantise_q3k_scalar(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  const float *values = rows->values + first * WEFT_K_SIZE;
  quantise(&weft_q3k_form, values, weft_k_importances(rows, first), blocks);
}

void weft_quantise_q6k_scalar(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  const float *values = rows->values + first * WEFT_K_SIZE;
  quantise(&weft_q6k_form, values, weft_k_importances(rows, first), blocks);
}
