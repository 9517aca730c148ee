// Q4_0, Q4_1, Q5_0 and Q5_1 with weights, as scalar_weighted.c defines them.
#ifndef WEFT_LANES_LEGACY_H
#define WEFT_LANES_LEGACY_H

#include "lanes_rows.h"

/// 32 elements a lane and their weights, [32, lanes].
typedef struct lanes_weighted { lanes_f x[32], w[32]; } lanes_weighted;

WEFT_INLINE void lanes_weigh(const lanes_blocks *blocks, lanes_weighted *block) {
  lanes_load(blocks->values, 32, block->x);
  lanes_load(blocks->weights, 32, block->w);
  for (int j = 0; j < 32; j++) {
    block->w[j] *= __builtin_elementwise_sqrt(blocks->mean_square + block->x[j] * block->x[j]);
  }
}

WEFT_INLINE lanes_f lanes_symmetric_code(lanes_f x, lanes_f inverse, int half) {
  return lanes_clamp(lanes_nearest(inverse * x), (float)-half, (float)(half - 1));
}

typedef struct lanes_symmetric { lanes_f xl, ll; } lanes_symmetric;

WEFT_INLINE lanes_symmetric lanes_sum_symmetric(
    const lanes_weighted *block, const lanes_f *wx, lanes_f inverse, int half) {
  lanes_symmetric sums = {0, 0};
  for (int j = 0; j < 32; j++) {
    lanes_f l = lanes_symmetric_code(block->x[j], inverse, half);
    sums.xl += wx[j] * l;
    sums.ll += block->w[j] * l * l;
  }
  return sums;
}

WEFT_INLINE lanes_f lanes_search_symmetric(
    const lanes_weighted *block, int half, lanes_u *codes) {
  lanes_f extreme = lanes_extreme(block->x, 32), wx[32];
  for (int j = 0; j < 32; j++) wx[j] = block->w[j] * block->x[j];
  lanes_f best_inverse = (float)-half / extreme;
  lanes_symmetric sums = lanes_sum_symmetric(block, wx, best_inverse, half);
  lanes_f scale = sums.ll != 0 ? sums.xl / sums.ll : 0;
  lanes_f best = scale * sums.xl;
  for (int step = -9; step <= 9; step++) {
    if (step == 0) continue;
    lanes_f inverse = -((float)half + 0.1f * (float)step) / extreme;
    sums = lanes_sum_symmetric(block, wx, inverse, half);
    lanes_i is_better = (sums.ll > 0) & (sums.xl * sums.xl > best * sums.ll);
    scale = is_better ? sums.xl / sums.ll : scale;
    best = is_better ? scale * sums.xl : best;
    best_inverse = is_better ? inverse : best_inverse;
  }
  lanes_i is_zero = lanes_magnitude(extreme) < 1e-15f;
  for (int j = 0; j < 32; j++) {
    lanes_f code = lanes_symmetric_code(block->x[j], best_inverse, half) + (float)half;
    codes[j] = __builtin_convertvector(is_zero ? 0 : code, lanes_u);
  }
  return is_zero ? 0 : scale;
}

typedef struct lanes_affine { lanes_f inverse, origin, scale, least, error; } lanes_affine;

WEFT_INLINE lanes_f lanes_affine_code(lanes_f x, const lanes_affine *fit, float most) {
  return lanes_clamp(lanes_nearest(fit->inverse * (x - fit->origin)), 0, most);
}

WEFT_INLINE void lanes_affine_error(
    const lanes_weighted *block, const lanes_f *codes, lanes_affine *fit) {
  lanes_f error = 0;
  for (int j = 0; j < 32; j++) {
    lanes_f difference = fit->scale * codes[j] + fit->least - block->x[j];
    error += block->w[j] * (difference * difference);
  }
  fit->error = error;
}

/// What the scale and the least value are computed from.
typedef struct lanes_survey { lanes_f least, greatest, sum_w, sum_x; } lanes_survey;

WEFT_INLINE lanes_survey lanes_survey_of(const lanes_weighted *block) {
  lanes_f first = block->x[0], w = block->w[0];
  lanes_survey survey = {first, first, w, w * first};
  for (int j = 1; j < 32; j++) {
    lanes_f x = block->x[j];
    survey.least = x < survey.least ? x : survey.least;
    survey.greatest = x > survey.greatest ? x : survey.greatest;
    survey.sum_w += block->w[j];
    survey.sum_x += block->w[j] * x;
  }
  survey.least = survey.least > 0 ? 0 : survey.least;
  return survey;
}

/// The fit of one try; its error is NaN where the codes do not determine it.
WEFT_INLINE lanes_affine lanes_fit_affine(
    const lanes_weighted *block, const lanes_survey *survey, float steps, lanes_f origin, float most) {
  lanes_affine fit = {.inverse = steps / (survey->greatest - origin), .origin = origin};
  lanes_f sum_l = 0, sum_l2 = 0, sum_xl = 0, codes[32];
  for (int j = 0; j < 32; j++) {
    lanes_f l = codes[j] = lanes_affine_code(block->x[j], &fit, most);
    lanes_f wl = block->w[j] * l;
    sum_l += wl;
    sum_l2 += wl * l;
    sum_xl += wl * block->x[j];
  }
  lanes_f determinant = survey->sum_w * sum_l2 - sum_l * sum_l;
  fit.scale = (survey->sum_w * sum_xl - survey->sum_x * sum_l) / determinant;
  fit.least = (sum_l2 * survey->sum_x - sum_l * sum_xl) / determinant;
  fit.scale = fit.least > 0 ? sum_xl / sum_l2 : fit.scale;
  fit.least = fit.least > 0 ? 0 : fit.least;
  lanes_affine_error(block, codes, &fit);
  fit.error = determinant > 0 ? fit.error : NAN;
  return fit;
}

WEFT_INLINE lanes_affine lanes_first_fit(
    const lanes_weighted *block, const lanes_survey *survey, float most) {
  lanes_f inverse = most / (survey->greatest - survey->least), codes[32];
  lanes_affine fit = {inverse, survey->least, 1 / inverse, survey->least, 0};
  for (int j = 0; j < 32; j++) codes[j] = lanes_affine_code(block->x[j], &fit, most);
  lanes_affine_error(block, codes, &fit);
  return fit;
}

WEFT_INLINE lanes_affine lanes_search_affine(
    const lanes_weighted *block, float most, lanes_u *codes) {
  lanes_survey survey = lanes_survey_of(block);
  lanes_affine best = lanes_first_fit(block, &survey, most);
  for (int step = 0; step <= 36; step++) {
    float steps = -0.9f + 0.05f * (float)step + most;
    lanes_affine fit = lanes_fit_affine(block, &survey, steps, best.least, most);
    lanes_i is_better = fit.error < best.error;
    best.inverse = is_better ? fit.inverse : best.inverse;
    best.origin = is_better ? fit.origin : best.origin;
    best.scale = is_better ? fit.scale : best.scale;
    best.least = is_better ? fit.least : best.least;
    best.error = is_better ? fit.error : best.error;
  }
  lanes_i has_range = survey.greatest - survey.least > 0;
  for (int j = 0; j < 32; j++) {
    lanes_f code = lanes_affine_code(block->x[j], &best, most);
    codes[j] = __builtin_convertvector(has_range ? code : 0, lanes_u);
  }
  best.scale = has_range ? best.scale : 0;
  best.least = has_range ? best.least : survey.least;
  return best;
}

/// The fifth bits of 32 codes.
WEFT_INLINE lanes_u lanes_pack_high(const lanes_u *codes) {
  lanes_u high = 0;
  WEFT_UNROLL for (int j = 0; j < 32; j++) high |= (codes[j] >> 4) << j;
  return high;
}

/// Defines how blocks with a scale are written: `STORE` writes the fields besides scale and nibbles.
#define WEFT_DEFINE_LANES_SYMMETRIC(name, half, STORE)                                   \
  static void lanes_encode_##name(const lanes_blocks *blocks) {                          \
    lanes_weighted block;                                                                \
    lanes_u codes[32];                                                                   \
    uint16_t scales[WEFT_LANES];                                                         \
    lanes_weigh(blocks, &block);                                                         \
    lanes_halves(lanes_search_symmetric(&block, half, codes), scales);                   \
    lanes_nibbles packed = lanes_pack_nibbles(codes);                                    \
    lanes_u high = lanes_pack_high(codes);                                               \
    for (size_t i = 0; i < WEFT_LANES; i++) {                                            \
      weft_##name *target = (weft_##name *)blocks->blocks[i];                            \
      target->scale = scales[i];                                                         \
      STORE;                                                                             \
      lanes_store_nibbles(&packed, i, target->codes);                                    \
    }                                                                                    \
  }

/// The same for blocks with a least value.
#define WEFT_DEFINE_LANES_AFFINE(name, most, STORE)                                      \
  static void lanes_encode_##name(const lanes_blocks *blocks) {                          \
    lanes_weighted block;                                                                \
    lanes_u codes[32];                                                                   \
    uint16_t scales[WEFT_LANES], least[WEFT_LANES];                                      \
    lanes_weigh(blocks, &block);                                                         \
    lanes_affine fit = lanes_search_affine(&block, most, codes);                         \
    lanes_halves(fit.scale, scales);                                                     \
    lanes_halves(fit.least, least);                                                      \
    lanes_nibbles packed = lanes_pack_nibbles(codes);                                    \
    lanes_u high = lanes_pack_high(codes);                                               \
    for (size_t i = 0; i < WEFT_LANES; i++) {                                            \
      weft_##name *target = (weft_##name *)blocks->blocks[i];                            \
      target->scale = scales[i];                                                         \
      target->least = least[i];                                                          \
      STORE;                                                                             \
      lanes_store_nibbles(&packed, i, target->codes);                                    \
    }                                                                                    \
  }

WEFT_DEFINE_LANES_SYMMETRIC(q4_0, 8, (void)high)
WEFT_DEFINE_LANES_SYMMETRIC(q5_0, 16, target->high = high[i])
WEFT_DEFINE_LANES_AFFINE(q4_1, 15, (void)high)
WEFT_DEFINE_LANES_AFFINE(q5_1, 31, target->high = high[i])

#endif
