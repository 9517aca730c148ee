// Q4_0, Q4_1, Q5_0 and Q5_1 with weights.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c (quantize_row_q4_0_impl)
#include "scalar_weighted.h"

#include "scalar_affine.h"
#include "scalar_symmetric.h"

/// How much the error of each element counts: its column's weight, and more for large values.
static void weigh(const float *x, const float *weights, float mean_square, float *w) {
  for (int j = 0; j < 32; j++) w[j] = weights[j] * sqrtf(mean_square + x[j] * x[j]);
}

void weft_weighted_q4_0(const float *x, const float *weights, float mean_square, void *target) {
  weft_q4_0 *block = target;
  uint8_t codes[32];
  float w[32];
  weigh(x, weights, mean_square, w);
  block->scale = weft_half(search_symmetric(x, w, 8, codes));
  weft_pack_nibbles(codes, block->codes);
}

void weft_weighted_q5_0(const float *x, const float *weights, float mean_square, void *target) {
  weft_q5_0 *block = target;
  uint8_t codes[32];
  float w[32];
  weigh(x, weights, mean_square, w);
  block->scale = weft_half(search_symmetric(x, w, 16, codes));
  block->high = weft_pack_high(codes);
  weft_pack_nibbles(codes, block->codes);
}

void weft_weighted_q4_1(const float *x, const float *weights, float mean_square, void *target) {
  weft_q4_1 *block = target;
  uint8_t codes[32];
  float w[32];
  weigh(x, weights, mean_square, w);
  affine_fit fit = search_affine(x, w, 15, codes);
  block->scale = weft_half(fit.scale);
  block->least = weft_half(fit.least);
  weft_pack_nibbles(codes, block->codes);
}

void weft_weighted_q5_1(const float *x, const float *weights, float mean_square, void *target) {
  weft_q5_1 *block = target;
  uint8_t codes[32];
  float w[32];
  weigh(x, weights, mean_square, w);
  affine_fit fit = search_affine(x, w, 31, codes);
  block->scale = weft_half(fit.scale);
  block->least = weft_half(fit.least);
  block->high = weft_pack_high(codes);
  weft_pack_nibbles(codes, block->codes);
}
