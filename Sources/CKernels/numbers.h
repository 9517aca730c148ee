// The float formats, one value at a time: this file defines what conversion means.
//
// Every value of every format is a float64, so reading is exact and writing is the one rounding.
#ifndef WEFT_NUMBERS_H
#define WEFT_NUMBERS_H

#include <math.h>
#include <string.h>

#include "CKernels.h"

#define WEFT_QUIET_NAN 0x7FF8000000000000u

static inline uint64_t weft_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline double weft_from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline bool weft_is_finite(double value) {
  return (weft_bits(value) & 0x7FF0000000000000u) != 0x7FF0000000000000u;
}

static inline size_t weft_width(weft_float type) {
  return type == WEFT_F64 ? 8 : type == WEFT_F32 ? 4 : 2;
}

/// f16: 1 bit sign, 5 bits exponent, 10 bits fraction.
static inline double weft_widen_f16(uint16_t half) {
  uint64_t sign = (uint64_t)(half & 0x8000) << 48;
  uint64_t exponent = (half >> 10) & 0x1F;
  uint64_t fraction = half & 0x3FF;
  if (exponent == 0) {
    return weft_from_bits(weft_bits((double)fraction * 0x1p-24) | sign);
  }
  if (exponent == 31) {
    uint64_t payload = fraction == 0 ? 0 : (fraction << 42) | 0x8000000000000u;
    return weft_from_bits(sign | 0x7FF0000000000000u | payload);
  }
  return weft_from_bits(sign | (exponent + 1008) << 52 | fraction << 42);
}

/// bf16: the upper half of a float32.
static inline double weft_widen_bf16(uint16_t brain) {
  uint32_t bits = (uint32_t)brain << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return (double)value;
}

static inline double weft_load(const void *values, weft_float type, size_t index) {
  switch (type) {
    case WEFT_F16: return weft_widen_f16(((const uint16_t *)values)[index]);
    case WEFT_BF16: return weft_widen_bf16(((const uint16_t *)values)[index]);
    case WEFT_F32: return (double)((const float *)values)[index];
    case WEFT_F64: return ((const double *)values)[index];
  }
  return 0;
}

/// Rounds to a 16-bit format of which the fraction's width and the least normal exponent are given.
///
/// A NaN keeps its sign and the upper bits of its payload and becomes quiet.
static inline uint16_t weft_round16(double value, int fraction_width, int least_exponent) {
  uint64_t bits = weft_bits(value);
  uint16_t sign = (uint16_t)(bits >> 48) & 0x8000;
  uint64_t magnitude = bits & 0x7FFFFFFFFFFFFFFFu;
  uint16_t infinity = (uint16_t)((3 - 2 * least_exponent) << fraction_width);
  if (magnitude > 0x7FF0000000000000u) {
    uint64_t payload = (magnitude & 0xFFFFFFFFFFFFFu) >> (52 - fraction_width);
    return (uint16_t)(sign | infinity | payload | 1u << (fraction_width - 1));
  }
  int exponent = (int)(magnitude >> 52) - 1023;
  if (exponent > 1 - least_exponent) return sign | infinity;
  if (exponent < least_exponent - fraction_width - 1) return sign;  // below half the least value
  uint64_t significand = (magnitude & 0xFFFFFFFFFFFFFu) | 0x10000000000000u;
  int shortfall = exponent < least_exponent ? least_exponent - exponent : 0;
  int dropped = 52 - fraction_width + shortfall;
  uint64_t kept = significand >> dropped;
  uint64_t rest = significand & ((1ull << dropped) - 1);
  uint64_t half = 1ull << (dropped - 1);
  kept += rest > half || (rest == half && (kept & 1));
  if (shortfall == 0) kept += (uint64_t)(exponent - least_exponent) << fraction_width;
  return (uint16_t)(sign | kept);  // a carry goes on into the exponent, up to infinity
}

static inline uint16_t weft_round_f16(double value) { return weft_round16(value, 10, -14); }
static inline uint16_t weft_round_bf16(double value) { return weft_round16(value, 7, -126); }

/// Writes a value, rounded once, and gives back what was written.
static inline double weft_store(void *values, weft_float type, size_t index, double value) {
  switch (type) {
    case WEFT_F16: ((uint16_t *)values)[index] = weft_round_f16(value); break;
    case WEFT_BF16: ((uint16_t *)values)[index] = weft_round_bf16(value); break;
    case WEFT_F32: ((float *)values)[index] = (float)value; break;
    case WEFT_F64: ((double *)values)[index] = value; break;
  }
  return weft_load(values, type, index);
}

/// Counts what rounding did to a value.
static inline void weft_count(weft_tally *tally, bool inputs_finite, double value, double stored) {
  if (!inputs_finite) {
    tally->nonfinite_inputs += 1;
  } else if (!weft_is_finite(stored)) {
    tally->overflowed += 1;
  } else if (value != 0 && stored == 0) {
    tally->underflowed += 1;
  }
}

/// Writes a computed value; NaN has one form, so that no processor's own choice shows.
static inline void weft_finish(
    void *target, weft_float to, size_t index, bool inputs_finite, double value,
    weft_tally *tally) {
  double result = isnan(value) ? weft_from_bits(WEFT_QUIET_NAN) : value;
  weft_count(tally, inputs_finite, result, weft_store(target, to, index, result));
}

static inline const void *weft_at(const void *values, weft_float type, size_t index) {
  return (const char *)values + index * weft_width(type);
}

static inline void *weft_at_mutable(void *values, weft_float type, size_t index) {
  return (char *)values + index * weft_width(type);
}

#endif
