// The search for the scale of Q4_0 and Q5_0, as scalar_symmetric.h defines it.
#ifndef WEFT_LANES_SYMMETRIC_H
#define WEFT_LANES_SYMMETRIC_H

#include "lanes_weighted.h"

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

#endif
