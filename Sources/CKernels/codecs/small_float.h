// The floats of a byte and less, one value at a time: this file defines what they mean.
#ifndef WEFT_SMALL_FLOAT_H
#define WEFT_SMALL_FLOAT_H

#include <string.h>

#include "../include/CKernels.h"

#pragma STDC FP_CONTRACT OFF

/// What tells one small float from another: a sign bit, then exponent and fraction.
typedef struct small_float {
  int fraction_width;
  int least_exponent;  // of normal values; those below have a step of 2^(least_exponent - fraction_width)
  int sign;            // the bit, and the mask of what lies below it plus one
  int greatest;        // the code of the greatest finite value
  int beyond;          // the code of larger values: infinity, or NaN where there is none
  int nan;
  bool has_minus;      // zero and NaN have a sign
} small_float;

static const small_float weft_e4m3fn = {3, -6, 0x80, 0x7E, 0x7F, 0x7F, true};
static const small_float weft_e5m2 = {2, -14, 0x80, 0x7B, 0x7C, 0x7F, true};
static const small_float weft_e4m3fnuz = {3, -7, 0x80, 0x7F, 0x80, 0x80, false};
static const small_float weft_e5m2fnuz = {2, -15, 0x80, 0x7F, 0x80, 0x80, false};
static const small_float weft_e2m1 = {1, 0, 0x8, 0x7, 0x7, 0x7, true};

static inline uint32_t weft_bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float weft_float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// 2^exponent, for exponents of normal float32 values.
static inline float weft_power(int exponent) {
  return weft_float_of_bits((uint32_t)(exponent + 127) << 23);
}

/// Rounds the magnitude of a finite float32 to the nearest code, ties to even, as if exponents had no end.
static inline uint32_t weft_nearest_code(uint32_t magnitude, small_float format) {
  int exponent = (int)(magnitude >> 23) - 127;
  int shortfall = exponent < format.least_exponent ? format.least_exponent - exponent : 0;
  if (shortfall > format.fraction_width + 1) return 0;  // below half the least value
  uint32_t significand = (magnitude & 0x7FFFFF) | 0x800000;
  int dropped = 23 - format.fraction_width + shortfall;
  uint32_t kept = significand >> dropped;
  uint32_t rest = significand & ((1u << dropped) - 1), half = 1u << (dropped - 1);
  kept += rest > half || (rest == half && (kept & 1));
  if (shortfall > 0) return kept;
  return kept + ((uint32_t)(exponent - format.least_exponent) << format.fraction_width);
}

/// Writes a value as a small float.
static inline uint8_t weft_encode_small(float value, small_float format, bool saturates) {
  uint32_t bits = weft_bits_of_float(value), magnitude = bits & 0x7FFFFFFF;
  int code = format.beyond;
  if (magnitude < 0x7F800000) {
    uint32_t nearest = weft_nearest_code(magnitude, format);
    if (nearest <= (uint32_t)format.greatest) code = (int)nearest;
  }
  if (code == format.beyond && saturates && magnitude <= 0x7F800000) code = format.greatest;
  if (magnitude > 0x7F800000) code = format.nan;
  bool is_signed = format.has_minus || (code != 0 && code != format.nan);
  return (uint8_t)(code | (bits >> 31 && is_signed ? format.sign : 0));
}

/// Whether rounding takes a finite value beyond the greatest one.
static inline bool weft_is_beyond(float value, small_float format) {
  uint32_t magnitude = weft_bits_of_float(value) & 0x7FFFFFFF;
  return magnitude >= 0x7F800000
    || weft_nearest_code(magnitude, format) > (uint32_t)format.greatest;
}

/// The value of a code; a NaN is quiet and keeps its sign.
static inline float weft_decode_small(uint8_t byte, small_float format) {
  int code = byte & (format.sign - 1);
  uint32_t sign = byte & format.sign ? 0x80000000 : 0;
  if (!format.has_minus && byte == format.nan) return weft_float_of_bits(0x7FC00000);
  if (format.has_minus && code > format.greatest) {
    bool is_infinite = code == format.beyond && format.beyond != format.nan;
    return weft_float_of_bits(sign | (is_infinite ? 0x7F800000 : 0x7FC00000));
  }
  int fraction = code & ((1 << format.fraction_width) - 1), exponent = code >> format.fraction_width;
  int significand = exponent == 0 ? fraction : fraction + (1 << format.fraction_width);
  int power = format.least_exponent + (exponent > 0 ? exponent - 1 : 0) - format.fraction_width;
  float magnitude = (float)significand * weft_power(power);
  return weft_float_of_bits(weft_bits_of_float(magnitude) | sign);
}

/// The nearest power of two: half-way goes up, but for the two least ones, where it goes to the even code.
static inline uint8_t weft_encode_e8m0(float value) {
  uint32_t magnitude = weft_bits_of_float(value) & 0x7FFFFFFF;
  uint32_t exponent = magnitude >> 23, fraction = magnitude & 0x7FFFFF;
  if (exponent == 255) return 255;
  return (uint8_t)(exponent + (fraction > 0x400000 || (fraction == 0x400000 && exponent > 0)));
}

static inline float weft_decode_e8m0(uint8_t code) {
  if (code == 255) return weft_float_of_bits(0x7FC00000);
  return weft_float_of_bits(code == 0 ? 0x400000 : (uint32_t)code << 23);
}

/// Rounds to an integer, ties to even, and clamps to -127 ... 127; NaN becomes zero.
static inline int8_t weft_encode_i8(float value) {
  if (value != value) return 0;
  float clamped = value > 127 ? 127 : value < -127 ? -127 : value;
  // Above 2^23 a float32 has no fraction: adding 1.5 * 2^23 leaves the rounding to the addition.
  return (int8_t)((clamped + 0x1.8p23f) - 0x1.8p23f);
}

#endif
