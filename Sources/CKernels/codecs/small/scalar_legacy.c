// Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0 without weights.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c#L38
#include "scalar.h"
#include "scalar_weighted.h"

/// Codes 0 ..< 2 * half of values from -half to half times the scale, which is given back.
static float code_symmetric(const float *x, int half, uint8_t *codes) {
  float scale = weft_extreme(x, 32) / (float)-half;
  float inverse = weft_inverse(scale);
  for (int j = 0; j < 32; j++) {
    float code = x[j] * inverse + ((float)half + 0.5f);
    codes[j] = (uint8_t)weft_clamp(code, 0, (float)(2 * half - 1));
  }
  return scale;
}

static void encode_q4_0(const float *x, void *target) {
  weft_q4_0 *block = target;
  uint8_t codes[32];
  block->scale = weft_half(code_symmetric(x, 8, codes));
  weft_pack_nibbles(codes, block->codes);
}

static void encode_q5_0(const float *x, void *target) {
  weft_q5_0 *block = target;
  uint8_t codes[32];
  block->scale = weft_half(code_symmetric(x, 16, codes));
  block->high = weft_pack_high(codes);
  weft_pack_nibbles(codes, block->codes);
}

/// Codes 0...most of values from `least` up; gives the scale back.
static float code_from_least(const float *x, int most, float *least, uint8_t *codes) {
  float low = x[0], high = x[0];
  for (int j = 1; j < 32; j++) {
    if (x[j] < low) low = x[j];
    if (x[j] > high) high = x[j];
  }
  float scale = (high - low) / (float)most;
  float inverse = weft_inverse(scale);
  for (int j = 0; j < 32; j++) {
    codes[j] = (uint8_t)weft_clamp((x[j] - low) * inverse + 0.5f, 0, (float)most);
  }
  *least = low;
  return scale;
}

static void encode_q4_1(const float *x, void *target) {
  weft_q4_1 *block = target;
  uint8_t codes[32];
  float least;
  block->scale = weft_half(code_from_least(x, 15, &least, codes));
  block->least = weft_half(least);
  weft_pack_nibbles(codes, block->codes);
}

static void encode_q5_1(const float *x, void *target) {
  weft_q5_1 *block = target;
  uint8_t codes[32];
  float least;
  block->scale = weft_half(code_from_least(x, 31, &least, codes));
  block->least = weft_half(least);
  block->high = weft_pack_high(codes);
  weft_pack_nibbles(codes, block->codes);
}

static void encode_q8_0(const float *x, void *target) {
  weft_q8_0 *block = target;
  float scale = fabsf(weft_extreme(x, 32)) / 127;
  float inverse = weft_inverse(scale);
  block->scale = weft_half(scale);
  for (int j = 0; j < 32; j++) {
    block->codes[j] = (int8_t)weft_clamp(roundf(x[j] * inverse), -127, 127);
  }
}

WEFT_DEFINE_SCALAR_ENCODER(q4_0, 32, encode_q4_0, weft_weighted_q4_0)
WEFT_DEFINE_SCALAR_ENCODER(q4_1, 32, encode_q4_1, weft_weighted_q4_1)
WEFT_DEFINE_SCALAR_ENCODER(q5_0, 32, encode_q5_0, weft_weighted_q5_0)
WEFT_DEFINE_SCALAR_ENCODER(q5_1, 32, encode_q5_1, weft_weighted_q5_1)
WEFT_DEFINE_SCALAR_ENCODER(q8_0, 32, encode_q8_0, NULL)
