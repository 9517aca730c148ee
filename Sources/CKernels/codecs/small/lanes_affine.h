// The search for the scale and the least value of Q4_1 and Q5_1, as scalar_affine.h defines it.
#ifndef WEFT_LANES_AFFINE_H
#define WEFT_LANES_AFFINE_H

#include "lanes_weighted.h"

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

#endif
