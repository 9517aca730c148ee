// The search for the scale and the least value of Q4_1 and Q5_1 that make the weighted error small.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c (make_qkx3_quants)
#ifndef WEFT_SCALAR_AFFINE_H
#define WEFT_SCALAR_AFFINE_H

#include "scalar.h"

/// What the search for a scale and a least value knows of a block; the least value is at most 0.
typedef struct affine_block {
  const float *x, *w;
  float most, least, greatest, sum_w, sum_x;
} affine_block;

/// Codes, nearest to inverse * (x - origin), and what they are multiplied by and added to.
typedef struct affine_fit { float inverse, origin, scale, least, error; } affine_fit;

static affine_block survey(const float *x, const float *w, int most) {
  affine_block block = {x, w, (float)most, x[0], x[0], w[0], w[0] * x[0]};
  for (int j = 1; j < 32; j++) {
    if (x[j] < block.least) block.least = x[j];
    if (x[j] > block.greatest) block.greatest = x[j];
    block.sum_w += w[j];
    block.sum_x += w[j] * x[j];
  }
  if (block.least > 0) block.least = 0;
  return block;
}

static float affine_code(const affine_block *block, const affine_fit *fit, int j) {
  return weft_clamp(weft_nearest(fit->inverse * (block->x[j] - fit->origin)), 0, block->most);
}

static float affine_error(const affine_block *block, const affine_fit *fit) {
  float error = 0;
  for (int j = 0; j < 32; j++) {
    float difference = fit->scale * affine_code(block, fit, j) + fit->least - block->x[j];
    error += block->w[j] * (difference * difference);
  }
  return error;
}

/// The scale and least value with the least weighted error for codes that span the block from `origin` to its greatest
/// value, `steps` apart; the error is NaN where the codes do not determine them.
static affine_fit fit_affine(const affine_block *block, float steps, float origin) {
  affine_fit fit = {steps / (block->greatest - origin), origin, 0, 0, NAN};
  float sum_l = 0, sum_l2 = 0, sum_xl = 0;
  for (int j = 0; j < 32; j++) {
    float l = affine_code(block, &fit, j);
    sum_l += block->w[j] * l;
    sum_l2 += block->w[j] * l * l;
    sum_xl += block->w[j] * l * block->x[j];
  }
  float determinant = block->sum_w * sum_l2 - sum_l * sum_l;
  if (!(determinant > 0)) return fit;
  fit.scale = (block->sum_w * sum_xl - block->sum_x * sum_l) / determinant;
  fit.least = (sum_l2 * block->sum_x - sum_l * sum_xl) / determinant;
  if (fit.least > 0) {
    fit.least = 0;
    fit.scale = sum_xl / sum_l2;
  }
  fit.error = affine_error(block, &fit);
  return fit;
}

/// Tries 38 scales, each from the least value of the best so far; codes 0...most stand for multiples of the scale above
/// the least value.
static affine_fit search_affine(const float *x, const float *w, int most, uint8_t *codes) {
  affine_block block = survey(x, w, most);
  float range = block.greatest - block.least;
  if (!(range > 0)) {
    memset(codes, 0, 32);
    return (affine_fit){0, 0, 0, block.least, 0};
  }
  float inverse = block.most / range;
  affine_fit best = {inverse, block.least, 1 / inverse, block.least, 0};
  best.error = affine_error(&block, &best);
  for (int step = 0; step <= 36; step++) {
    float steps = -0.9f + 0.05f * (float)step + block.most;
    affine_fit fit = fit_affine(&block, steps, best.least);
    if (fit.error < best.error) best = fit;
  }
  for (int j = 0; j < 32; j++) codes[j] = (uint8_t)affine_code(&block, &best, j);
  return best;
}

#endif
