// The search for the scale of Q4_0 and Q5_0 that makes the weighted error small.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c (make_qx_quants)
#ifndef WEFT_SCALAR_SYMMETRIC_H
#define WEFT_SCALAR_SYMMETRIC_H

#include "scalar.h"

/// Sums for codes l that are the nearest to inverse * x: of w x l and of w l².
typedef struct symmetric_sums { float xl, ll; } symmetric_sums;

static float symmetric_code(float x, float inverse, int half) {
  return weft_clamp(weft_nearest(inverse * x), (float)-half, (float)(half - 1));
}

static symmetric_sums sum_symmetric(const float *x, const float *w, float inverse, int half) {
  symmetric_sums sums = {0, 0};
  for (int j = 0; j < 32; j++) {
    float l = symmetric_code(x[j], inverse, half);
    sums.xl += w[j] * x[j] * l;
    sums.ll += w[j] * l * l;
  }
  return sums;
}

/// Tries 19 scales; codes 0 ..< 2 * half stand for -half ..< half times the scale that is given back.
static float search_symmetric(const float *x, const float *w, int half, uint8_t *codes) {
  float extreme = weft_extreme(x, 32);
  if (fabsf(extreme) < 1e-15f) {
    memset(codes, 0, 32);
    return 0;
  }
  float best_inverse = (float)-half / extreme;
  symmetric_sums sums = sum_symmetric(x, w, best_inverse, half);
  float scale = sums.ll != 0 ? sums.xl / sums.ll : 0;
  float best = scale * sums.xl;
  for (int step = -9; step <= 9; step++) {
    if (step == 0) continue;
    float inverse = -((float)half + 0.1f * (float)step) / extreme;
    sums = sum_symmetric(x, w, inverse, half);
    if (sums.ll > 0 && sums.xl * sums.xl > best * sums.ll) {
      scale = sums.xl / sums.ll;
      best = scale * sums.xl;
      best_inverse = inverse;
    }
  }
  for (int j = 0; j < 32; j++) {
    codes[j] = (uint8_t)(symmetric_code(x[j], best_inverse, half) + (float)half);
  }
  return scale;
}

#endif
