// IQ4_NL and IQ4_XS: sixteen levels that are not evenly spaced, and a search for the scale.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c (quantize_row_iq4_nl_impl, of 7 tries)
#include "iq4.h"
#include "scalar.h"

/// The index of the nearest level, the upper one of two; NaN gives the last.
static uint8_t nearest_level(float value) {
  uint8_t index = 0;
  for (int i = 0; i < 15; i++) index += !(value < weft_iq4_middles[i]);
  return index;
}

/// Sums for levels q that are the nearest to inverse * x: of w q x and of w q².
typedef struct level_sums { float qx, qq; } level_sums;

static level_sums sum_levels(const float *x, const float *w, float inverse) {
  level_sums sums = {0, 0};
  for (int j = 0; j < 32; j++) {
    float q = weft_iq4_levels[nearest_level(inverse * x[j])];
    sums.qx += w[j] * q * x[j];
    sums.qq += w[j] * q * q;
  }
  return sums;
}

/// The scale of 32 elements, the best of 16 tries.
static float search_scale(const float *x, const float *w) {
  float extreme = weft_extreme(x, 32);
  if (fabsf(extreme) < 1e-15f) return 0;
  level_sums sums = sum_levels(x, w, 1 / (-extreme / weft_iq4_levels[0]));
  float scale = sums.qq > 0 ? sums.qx / sums.qq : 0;
  float best = scale * sums.qx;
  for (int step = -7; step <= 7; step++) {
    sums = sum_levels(x, w, ((float)step + weft_iq4_levels[0]) / extreme);
    if (sums.qq > 0 && sums.qx * sums.qx > best * sums.qq) {
      scale = sums.qx / sums.qq;
      best = scale * sums.qx;
    }
  }
  return scale;
}

/// How much the errors count: as the squares of the values, or as the columns' weights and more for large values.
static void weigh(const float *x, const float *weights, float twice_mean_square, float *w) {
  for (int j = 0; j < 32; j++) {
    w[j] = weights ? weights[j] * sqrtf(twice_mean_square + x[j] * x[j]) : x[j] * x[j];
  }
}

static float twice_mean_square(const float *x, int count) {
  float sum = 0;
  for (int j = 0; j < count; j++) sum += x[j] * x[j];
  return sum * (2.0f / (float)count);
}

static void code(const float *x, float scale, uint8_t *packed) {
  float inverse = scale != 0 ? 1 / scale : 0;
  uint8_t codes[32];
  for (int j = 0; j < 32; j++) codes[j] = nearest_level(inverse * x[j]);
  weft_pack_nibbles(codes, packed);
}

static void encode_iq4_nl(const float *x, const float *weights, weft_iq4_nl *block) {
  float w[32];
  weigh(x, weights, twice_mean_square(x, 32), w);
  float scale = search_scale(x, w);
  block->scale = weft_half(scale);
  code(x, scale, block->codes);
}

/// A scale of 32 elements as a multiple from -32 to 31 of the super-block's.
static int multiple(float scale, float inverse) {
  return (int)weft_clamp(weft_nearest(inverse * scale), -32, 31);
}

static void encode_iq4_xs(const float *x, const float *weights, weft_iq4_xs *block) {
  float scales[8];
  float spread = twice_mean_square(x, 256);
  for (int i = 0; i < 8; i++) {
    float w[32];
    weigh(x + 32 * i, weights ? weights + 32 * i : NULL, spread, w);
    scales[i] = search_scale(x + 32 * i, w);
  }
  float scale = -weft_extreme(scales, 8) / 32;
  float inverse = scale != 0 ? 1 / scale : 0;
  *block = (weft_iq4_xs){.scale = weft_half(scale)};
  for (int i = 0; i < 8; i++) {
    int l = multiple(scales[i], inverse);
    code(x + 32 * i, scale * (float)l, block->codes[i]);
    block->scales_low[i / 2] |= (uint8_t)(((l + 32) & 15) << 4 * (i % 2));
    block->scales_high |= (uint16_t)((l + 32) >> 4 << 2 * i);
  }
}

static void plain_iq4_nl(const float *x, void *block) { encode_iq4_nl(x, NULL, block); }
static void plain_iq4_xs(const float *x, void *block) { encode_iq4_xs(x, NULL, block); }

static void weighted_iq4_nl(const float *x, const float *weights, float mean, void *block) {
  (void)mean;
  encode_iq4_nl(x, weights, block);
}

static void weighted_iq4_xs(const float *x, const float *weights, float mean, void *block) {
  (void)mean;
  encode_iq4_xs(x, weights, block);
}

WEFT_DEFINE_SCALAR_ENCODER(iq4_nl, 32, plain_iq4_nl, weighted_iq4_nl)
WEFT_DEFINE_SCALAR_ENCODER(iq4_xs, 256, plain_iq4_xs, weighted_iq4_xs)
