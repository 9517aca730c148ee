// Q2_K, Q4_K and Q5_K: runs with scales and offsets.
#include <math.h>

#include "../../numbers.h"
#include "quantisers.h"
#include "search.h"

#pragma STDC FP_CONTRACT OFF

static float sum_of_squares(int count, const float *values) {
  float sum = 0;
  for (int i = 0; i < count; i++) sum += values[i] * values[i];
  return sum;
}

/// How much errors count without importances: by magnitude, and in long runs not below the usual one.
static void weigh_plainly(const weft_affine_form *form, const float *values, float *weights) {
  for (int start = 0; start < WEFT_K_SIZE; start += form->run_size) {
    float usual = form->is_absolute
      ? 0 : sqrtf(sum_of_squares(form->run_size, values + start) / (float)form->run_size);
    for (int i = start; i < start + form->run_size; i++) weights[i] = usual + fabsf(values[i]);
  }
}

static void weigh(
    const weft_affine_form *form, const float *values, const float *importances,
    float *weights) {
  if (!importances) return weigh_plainly(form, values, weights);
  float mean = form->spread * sum_of_squares(WEFT_K_SIZE, values) / WEFT_K_SIZE;
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    weights[i] = importances[i] * sqrtf(mean + values[i] * values[i]);
  }
}

/// Levels for the scales or offsets of the runs in proportion to the greatest; gives the unit.
static float spread_evenly(int count, const float *values, float top, float *levels) {
  float greatest = 0;
  for (int j = 0; j < count; j++) {
    if (values[j] > greatest) greatest = values[j];
  }
  float inverse = greatest > 0 ? top / greatest : 0;
  for (int j = 0; j < count; j++) levels[j] = weft_nearest(inverse * values[j], 0, top);
  return greatest / top;
}

/// Quantises the scales or offsets of the runs; gives the unit as f16.
static uint16_t quantise_fits(
    const weft_affine_form *form, const float *fits, const float *run_weights, int8_t *result) {
  int count = WEFT_K_SIZE / form->run_size;
  float levels[WEFT_K_MAX_RUNS];
  float unit = run_weights
    ? weft_fit_positive(count, fits, run_weights, form->scale_top, levels)
    : spread_evenly(count, fits, form->scale_top, levels);
  for (int j = 0; j < count; j++) result[j] = (int8_t)levels[j];
  return weft_round_f16((double)unit);
}

/// The levels of the elements for the scales as they are stored; runs whose scale became zero keep theirs.
static void settle_levels(
    const weft_affine_form *form, const float *values, const float *levels,
    weft_k_block *block) {
  float unit = (float)weft_widen_f16(block->unit);
  float unit_of_offset = (float)weft_widen_f16(block->unit_of_offset);
  for (int i = 0; i < WEFT_K_SIZE; i++) {
    float scale = unit * (float)block->scales[i / form->run_size];
    float offset = unit_of_offset * (float)block->offsets[i / form->run_size];
    float level = scale != 0 ? weft_nearest((values[i] + offset) / scale, 0, form->top) : levels[i];
    block->levels[i] = (uint8_t)level;
  }
}

static void quantise(
    const weft_affine_form *form, const float *values, const float *importances,
    weft_k_block *block) {
  float weights[WEFT_K_SIZE], levels[WEFT_K_SIZE];
  float scales[WEFT_K_MAX_RUNS], offsets[WEFT_K_MAX_RUNS], run_weights[WEFT_K_MAX_RUNS];
  weigh(form, values, importances, weights);
  for (int start = 0, j = 0; start < WEFT_K_SIZE; start += form->run_size, j++) {
    run_weights[j] = 0;
    for (int i = 0; i < form->run_size; i++) run_weights[j] += weights[start + i];
    weft_fit fit = weft_fit_affine(
      form->run_size, values + start, weights + start, form->top,
      importances ? form->weighted : form->plain, !importances && form->is_absolute,
      levels + start);
    scales[j] = fit.scale, offsets[j] = fit.offset;
  }
  const float *of_runs = importances ? run_weights : NULL;
  block->unit = quantise_fits(form, scales, of_runs, block->scales);
  block->unit_of_offset = quantise_fits(form, offsets, of_runs, block->offsets);
  settle_levels(form, values, levels, block);
}

void weft_quantise_q2k_scalar(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  const float *values = rows->values + first * WEFT_K_SIZE;
  quantise(&weft_q2k_form, values, weft_k_importances(rows, first), blocks);
}

void weft_quantise_q4k_scalar(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  const float *values = rows->values + first * WEFT_K_SIZE;
  quantise(&weft_q4k_form, values, weft_k_importances(rows, first), blocks);
}

void weft_quantise_q5k_scalar(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  const float *values = rows->values + first * WEFT_K_SIZE;
  quantise(&weft_q5k_form, values, weft_k_importances(rows, first), blocks);
}
