// MXFP4 and NVFP4.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c (quantize_row_mxfp4_ref, quantize_row_nvfp4_ref)
#include "fp4.h"
#include "scalar.h"

/// The code of which the value differs least, the first of several, as differences are rounded.
static uint8_t nearest_code(float x, float half_scale) {
  uint8_t best = 0;
  float least = fabsf(x);
  for (uint8_t code = 1; code < 16; code++) {
    float magnitude = weft_e2m1_doubled[code & 7] * half_scale;
    float difference = fabsf((code < 8 ? magnitude : -magnitude) - x);
    if (difference < least) {
      least = difference;
      best = code;
    }
  }
  return best;
}

static void code(const float *x, int count, float half_scale, uint8_t *packed) {
  for (int j = 0; j < count / 2; j++) {
    uint8_t low = nearest_code(x[j], half_scale);
    uint8_t high = nearest_code(x[j + count / 2], half_scale);
    packed[j] = (uint8_t)(low | high << 4);
  }
}

static void encode_mxfp4(const float *x, void *target) {
  weft_mxfp4 *block = target;
  block->exponent = weft_mxfp4_exponent(fabsf(weft_extreme(x, 32)));
  code(x, 32, weft_mxfp4_half_scale(block->exponent), block->codes);
}

static void encode_nvfp4(const float *x, void *target) {
  weft_nvfp4 *block = target;
  for (int i = 0; i < 4; i++) {
    block->scales[i] = weft_nvfp4_scale(fabsf(weft_extreme(x + 16 * i, 16)) / 6);
    code(x + 16 * i, 16, weft_nvfp4_half_scale(block->scales[i]), block->codes[i]);
  }
}

WEFT_DEFINE_SCALAR_ENCODER(mxfp4, 32, encode_mxfp4, NULL)
WEFT_DEFINE_SCALAR_ENCODER(nvfp4, 64, encode_nvfp4, NULL)
