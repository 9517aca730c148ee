// Scales made of the largest magnitudes of groups. Few values: one plain version is enough.
#include <math.h>

#include "nibble_books.h"
#include "small_float.h"

float weft_greatest_of_byte(weft_byte_code code) {
  switch (code) {
    case WEFT_F8_E4M3FN: return 448;
    case WEFT_F8_E5M2: return 57344;
    case WEFT_F8_E4M3FNUZ: return 240;
    case WEFT_F8_E5M2FNUZ: return 57344;
    case WEFT_F8_E8M0: return 0x1p127f;
    default: return 127;
  }
}

const float *weft_nibble_book(weft_nibble_code code) {
  switch (code) {
    case WEFT_BNB_NF4: return weft_nf4_book;
    case WEFT_BNB_FP4: return weft_bnb_fp4_book;
    default: return weft_e2m1_book;
  }
}

void weft_linear_scales(
    const float *largest, size_t count, float greatest, float least, float *scales) {
  for (size_t i = 0; i < count; i++) {
    float scale = largest[i] / greatest;
    scales[i] = scale < least ? least : scale;
  }
}

void weft_inverse_scales(
    const float *scales, size_t count, float numerator, float least, float *inverses) {
  for (size_t i = 0; i < count; i++) {
    float scale = scales[i] < least ? least : scales[i];
    inverses[i] = 1 / scale * numerator;  // rounded twice, as torch divides a number by a tensor
  }
}

/// The power of two of the largest magnitude over that of the greatest value.
static int floor_power(float largest, float greatest) {
  int exponent = (int)(weft_bits_of_float(largest) >> 23);
  int power = exponent - (int)(weft_bits_of_float(greatest) >> 23) + 127;
  return power < 0 ? 0 : power;
}

/// The least power of two that is not less than largest / greatest, as a logarithm in float32 has it.
static int ceiling_power(float largest, float greatest) {
  float quotient = largest / greatest;
  if (quotient < 0x1p-127f) quotient = 0x1p-127f;
  int power = (int)ceilf((float)log2((double)quotient)) + 127;
  return power > 254 ? 254 : power;
}

void weft_power_scales(
    weft_power_rule rule, const float *largest, size_t count, float greatest, uint8_t *codes,
    float *scales) {
  for (size_t i = 0; i < count; i++) {
    bool is_finite = weft_bits_of_float(largest[i]) < 0x7F800000;
    bool is_empty = rule == WEFT_POWER_CEILING && largest[i] == 0;
    int power = !is_finite ? 255
      : is_empty ? 0
      : rule == WEFT_POWER_FLOOR ? floor_power(largest[i], greatest)
      : ceiling_power(largest[i], greatest);
    codes[i] = (uint8_t)power;
    scales[i] = is_empty ? 0 : weft_decode_e8m0(codes[i]);
  }
}

void weft_nvfp4_scales(
    const float *largest, size_t count, float tensor_scale, uint8_t *codes, float *scales) {
  for (size_t i = 0; i < count; i++) {
    float block = largest[i] / 6.0f, share = block / tensor_scale;
    codes[i] = weft_encode_small(share > 448.0f ? 448.0f : share, weft_e4m3fn, false);
    scales[i] = tensor_scale * weft_decode_small(codes[i], weft_e4m3fn);
  }
}

void weft_nearest_of_256(const float book[256], const float *values, size_t count, uint8_t *places) {
  for (size_t i = 0; i < count; i++) {
    int low = 0, high = 255;  // the nearest is not below `low` and not above `high`
    while (low < high) {
      int middle = (low + high) / 2;
      float line = (book[middle] + book[middle + 1]) / 2;
      if (values[i] <= line) high = middle; else low = middle + 1;
    }
    places[i] = (uint8_t)low;
  }
}
