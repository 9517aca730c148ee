// IQ4_NL and IQ4_XS, as scalar_iq4.c defines them. Include after levels_avx2.h or levels_avx512.h.
#ifndef WEFT_LANES_IQ4_H
#define WEFT_LANES_IQ4_H

#include "lanes_rows.h"

typedef struct lanes_level_sums { lanes_f qx, qq; } lanes_level_sums;

WEFT_INLINE lanes_level_sums lanes_sum_levels(
    const lanes_f *x, const lanes_f *w, lanes_f inverse) {
  lanes_level_sums sums = {0, 0};
  for (int start = 0; start < 32; start += 4) {  // four side by side hide how long the tables take
    lanes_f q[4];
    WEFT_UNROLL for (int j = 0; j < 4; j++) q[j] = levels_nearest(x[start + j], inverse);
    WEFT_UNROLL for (int j = 0; j < 4; j++) {
      lanes_f wq = w[start + j] * q[j];
      sums.qx += wq * x[start + j];
      sums.qq += wq * q[j];
    }
  }
  return sums;
}

/// The scale of 32 elements; lanes of which the extreme is too small go through it too and give 0.
WEFT_INLINE lanes_f lanes_search_scale(const lanes_f *x, const lanes_f *w) {
  lanes_f extreme = lanes_extreme(x, 32);
  lanes_f first_inverse = 1 / (-extreme / weft_iq4_levels[0]);
  lanes_level_sums sums = lanes_sum_levels(x, w, first_inverse);
  lanes_f scale = sums.qq > 0 ? sums.qx / sums.qq : 0;
  lanes_f best = scale * sums.qx;
  for (int step = -7; step <= 7; step++) {
    lanes_f inverse = ((float)step + weft_iq4_levels[0]) / extreme;
    sums = lanes_sum_levels(x, w, inverse);
    lanes_i is_better = (sums.qq > 0) & (sums.qx * sums.qx > best * sums.qq);
    scale = is_better ? sums.qx / sums.qq : scale;
    best = is_better ? scale * sums.qx : best;
  }
  return lanes_magnitude(extreme) < 1e-15f ? 0 : scale;
}

/// The weights of 32 elements of each lane, from `column` on; see weigh in scalar_iq4.c.
WEFT_INLINE void lanes_weigh_levels(
    const lanes_blocks *blocks, size_t column, const lanes_f *x, lanes_f spread, lanes_f *w) {
  if (!blocks->weights[0]) {
    for (int j = 0; j < 32; j++) w[j] = x[j] * x[j];
    return;
  }
  const float *places[WEFT_LANES];
  for (int i = 0; i < WEFT_LANES; i++) places[i] = blocks->weights[i] + column;
  lanes_load(places, 32, w);
  for (int j = 0; j < 32; j++) w[j] *= __builtin_elementwise_sqrt(spread + x[j] * x[j]);
}

WEFT_INLINE lanes_f lanes_twice_mean_square(const lanes_f *x, int count) {
  lanes_f sum = 0;
  for (int j = 0; j < count; j++) sum += x[j] * x[j];
  return sum * (2.0f / (float)count);
}

WEFT_INLINE lanes_nibbles lanes_code_levels(const lanes_f *x, lanes_f scale) {
  lanes_f inverse = scale != 0 ? 1 / scale : 0;
  lanes_u codes[32];
  for (int j = 0; j < 32; j++) codes[j] = levels_index(inverse * x[j]);
  return lanes_pack_nibbles(codes);
}

static void lanes_encode_iq4_nl(const lanes_blocks *blocks) {
  lanes_f x[32], w[32];
  uint16_t scales[WEFT_LANES];
  lanes_load(blocks->values, 32, x);
  lanes_weigh_levels(blocks, 0, x, lanes_twice_mean_square(x, 32), w);
  lanes_f scale = lanes_search_scale(x, w);
  lanes_halves(scale, scales);
  lanes_nibbles packed = lanes_code_levels(x, scale);
  for (size_t i = 0; i < WEFT_LANES; i++) {
    weft_iq4_nl *block = (weft_iq4_nl *)blocks->blocks[i];
    block->scale = scales[i];
    lanes_store_nibbles(&packed, i, block->codes);
  }
}

/// The scales of eight times 32 elements, [8, lanes].
static void lanes_search_scales(
    const lanes_blocks *blocks, const lanes_f *x, lanes_f *scales) {
  lanes_f spread = lanes_twice_mean_square(x, 256), w[32];
  for (size_t i = 0; i < 8; i++) {
    lanes_weigh_levels(blocks, 32 * i, x + 32 * i, spread, w);
    scales[i] = lanes_search_scale(x + 32 * i, w);
  }
}

static void lanes_encode_iq4_xs(const lanes_blocks *blocks) {
  lanes_f x[256], scales[8];
  uint16_t halves[WEFT_LANES];
  lanes_load(blocks->values, 256, x);
  lanes_search_scales(blocks, x, scales);
  lanes_f scale = -lanes_extreme(scales, 8) / 32;
  lanes_f inverse = scale != 0 ? 1 / scale : 0;
  lanes_halves(scale, halves);
  lanes_u low = 0, high = 0;
  for (size_t i = 0; i < 8; i++) {
    lanes_f l = lanes_clamp(lanes_nearest(inverse * scales[i]), -32, 31);
    lanes_nibbles packed = lanes_code_levels(x + 32 * i, scale * l);
    lanes_u bits = __builtin_convertvector(l + 32, lanes_u);
    low |= (bits & 15) << (uint32_t)(4 * i);
    high |= (bits >> 4) << (uint32_t)(2 * i);
    for (size_t j = 0; j < WEFT_LANES; j++) {
      lanes_store_nibbles(&packed, j, ((weft_iq4_xs *)blocks->blocks[j])->codes[i]);
    }
  }
  for (size_t j = 0; j < WEFT_LANES; j++) {
    weft_iq4_xs *block = (weft_iq4_xs *)blocks->blocks[j];
    uint32_t word = low[j];
    block->scale = halves[j];
    block->scales_high = (uint16_t)high[j];
    memcpy(block->scales_low, &word, sizeof word);
  }
}

#endif
