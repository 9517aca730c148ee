// The scales of MXFP4 and NVFP4, and the magnitudes that their codes stand for.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-impl.h#L384
#ifndef WEFT_SMALL_FP4_H
#define WEFT_SMALL_FP4_H

#include "bits.h"

/// Twice the magnitudes of E2M1; code 8 + i is the negative of code i.
static const float weft_e2m1_doubled[8] = {0, 1, 2, 3, 4, 6, 8, 12};

/// floor(log2f(value)) of a positive normal value.
///
/// A logarithm just below a whole number is rounded to that number before it is rounded down: values at most `slack`
/// steps below a power of two count as that power. The steps depend on how many bits the logarithm's whole part takes.
static inline int weft_floor_log2(float value) {
  static const uint8_t slack[9] = {0, 0, 1, 2, 5, 11, 22, 44, 44};
  uint32_t bits = weft_float_bits(value);
  int exponent = (int)(bits >> 23 & 0xFF) - 127;
  uint32_t missing = 0x800000 - (bits & 0x7FFFFF);
  if (missing > 44) return exponent;
  uint32_t magnitude = (uint32_t)(exponent >= 0 ? exponent : -exponent - 1);
  int width = magnitude == 0 ? 0 : 32 - __builtin_clz(magnitude);
  return exponent + (missing <= slack[width]);
}

/// The exponent of a block of MXFP4 with a greatest magnitude, so that this is from 4 to 8 times the scale; the least
/// exponent serves what is smaller than it can.
static inline uint8_t weft_mxfp4_exponent(float greatest) {
  if (!(greatest >= 0x1p-125f)) return 0;
  return (uint8_t)(weft_floor_log2(greatest) + 125);
}

/// Half the scale of a block of MXFP4: 2 to the power of exponent - 128.
static inline float weft_mxfp4_half_scale(uint8_t exponent) {
  uint32_t bits = exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23;
  return weft_float_from_bits(bits);
}

/// The scale of 16 elements of NVFP4 as unsigned E4M3: halves are rounded up, and all from 256 on is 448.
static inline uint8_t weft_nvfp4_scale(float scale) {
  if (!(scale > 0)) return 0;
  if (scale < 0x1p-6f) {
    int code = (int)(scale * 512 + 0.5f);
    return (uint8_t)(code < 7 ? code : 7);
  }
  if (!(scale < 256)) return 0x7E;
  uint32_t code = ((weft_float_bits(scale) + 0x80000) >> 20) - (127 - 7) * 8;
  return (uint8_t)(code < 0x78 ? code : 0x7E);
}

/// Half the value of an unsigned E4M3 number that is not NaN.
static inline float weft_nvfp4_half_scale(uint8_t code) {
  if (code < 8) return (float)code * 0x1p-10f;
  return weft_float_from_bits(((uint32_t)code << 20) + ((127 - 7 - 1) << 23));
}

#endif
