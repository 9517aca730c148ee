// TQ1_0, TQ2_0, Q2_0 and Q1_0: codes of -1, 0 and 1, or signs only.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c (quantize_row_tq1_0_ref, quantize_row_q1_0_ref)
#include "scalar.h"

/// Codes 0, 1 and 2 for -1, 0 and 1 times the scale, which is given back.
static float code_ternary(const float *x, size_t count, uint8_t *codes) {
  float scale = fabsf(weft_extreme(x, count));
  float inverse = weft_inverse(scale);
  for (size_t j = 0; j < count; j++) {
    codes[j] = (uint8_t)(weft_clamp(roundf(x[j] * inverse), -1, 1) + 1);
  }
  return scale;
}

/// A number of `count` digits base 3, `stride` apart, the first highest, as a fraction of 243 in 256ths, rounded up.
static uint8_t pack_digits(const uint8_t *digits, int stride, int count) {
  unsigned number = 0;
  for (int i = 0; i < 5; i++) number = number * 3 + (i < count ? digits[i * stride] : 0);
  return (uint8_t)((number * 256 + 242) / 243);
}

static void encode_tq1_0(const float *x, void *target) {
  weft_tq1_0 *block = target;
  uint8_t codes[256];
  block->scale = weft_half(code_ternary(x, 256, codes));
  for (int j = 0; j < 32; j++) block->first[j] = pack_digits(codes + j, 32, 5);
  for (int j = 0; j < 16; j++) block->second[j] = pack_digits(codes + 160 + j, 16, 5);
  for (int j = 0; j < 4; j++) block->last[j] = pack_digits(codes + 240 + j, 4, 4);
}

/// Four codes of two bits, `stride` apart, the first lowest.
static uint8_t pack_quarters(const uint8_t *codes, int stride) {
  return (uint8_t)(codes[0] | codes[stride] << 2 | codes[2 * stride] << 4 | codes[3 * stride] << 6);
}

static void encode_tq2_0(const float *x, void *target) {
  weft_tq2_0 *block = target;
  uint8_t codes[256];
  block->scale = weft_half(code_ternary(x, 256, codes));
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 32; j++) block->codes[i][j] = pack_quarters(codes + 128 * i + j, 32);
  }
}

static void encode_q2_0(const float *x, void *target) {
  weft_q2_0 *block = target;
  uint8_t codes[64];
  block->scale = weft_half(code_ternary(x, 64, codes));
  for (int j = 0; j < 16; j++) block->codes[j] = pack_quarters(codes + 4 * j, 1);
}

static void encode_q1_0(const float *x, void *target) {
  weft_q1_0 *block = target;
  float sum = 0;
  for (int j = 0; j < 128; j++) sum += fabsf(x[j]);
  *block = (weft_q1_0){.scale = weft_half(sum / 128)};
  for (int j = 0; j < 128; j++) block->signs[j / 8] |= (uint8_t)((x[j] >= 0) << j % 8);
}

WEFT_DEFINE_SCALAR_ENCODER(tq1_0, 256, encode_tq1_0, NULL)
WEFT_DEFINE_SCALAR_ENCODER(tq2_0, 256, encode_tq2_0, NULL)
WEFT_DEFINE_SCALAR_ENCODER(q2_0, 64, encode_q2_0, NULL)
WEFT_DEFINE_SCALAR_ENCODER(q1_0, 128, encode_q1_0, NULL)
