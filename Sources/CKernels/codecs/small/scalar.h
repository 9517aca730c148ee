// What the scalar encoders share: rounding that is defined for every value, and the walk over rows and blocks.
#ifndef WEFT_SMALL_SCALAR_H
#define WEFT_SMALL_SCALAR_H

#include "../../numbers.h"
#include "bits.h"
#include "blocks.h"
#include "encoders.h"

#pragma STDC FP_CONTRACT OFF

static inline uint16_t weft_half(float value) { return weft_round_f16(value); }

/// The value with the largest magnitude, the first of several.
static inline float weft_extreme(const float *x, size_t count) {
  float greatest = 0, extreme = 0;
  for (size_t j = 0; j < count; j++) {
    if (greatest < fabsf(x[j])) {
      greatest = fabsf(x[j]);
      extreme = x[j];
    }
  }
  return extreme;
}

/// 1 / scale, or 0 where that is infinite: the codes of a block with such a small scale are those of zero.
///
/// The reference converts infinities to integers there, which C leaves undefined.
static inline float weft_inverse(float scale) {
  float inverse = 1 / scale;
  return fabsf(inverse) < INFINITY ? inverse : 0;
}

/// A value moved into a range; NaN becomes the least.
static inline float weft_clamp(float value, float least, float most) {
  float raised = value > least ? value : least;
  return raised < most ? raised : most;
}

/// The nearest whole number, the even one of two, of magnitudes up to 2²² - 1.
///
/// What it gives for others follows the reference, which takes the bits of the sum's fraction whatever its exponent.
static inline float weft_nearest(float value) {
  uint32_t fraction = weft_float_bits(value + 0x1.8p23f) & 0x7FFFFF;
  return weft_float_from_bits(0x4B000000 | fraction) - 0x1.8p23f;
}

/// Packs 32 codes of four bits, `j` and `j + 16` together.
static inline void weft_pack_nibbles(const uint8_t *codes, uint8_t *packed) {
  for (int j = 0; j < 16; j++) packed[j] = (uint8_t)((codes[j] & 15) | (codes[j + 16] & 15) << 4);
}

/// The fifth bits of 32 codes.
static inline uint32_t weft_pack_high(const uint8_t *codes) {
  uint32_t high = 0;
  for (int j = 0; j < 32; j++) high |= (uint32_t)(codes[j] >> 4 & 1) << j;
  return high;
}

/// Encodes one block.
typedef void (*weft_plain_block)(const float *x, void *block);

/// Encodes one block with a weight for each element and the mean of the squares of the row's values.
typedef void (*weft_weighted_block)(
  const float *x, const float *weights, float mean_square, void *block);

/// A type; `weighted` is NULL where weights change nothing.
typedef struct weft_small_type {
  size_t length, byte_count;
  weft_plain_block plain;
  weft_weighted_block weighted;
} weft_small_type;

/// The mean of the squares of a row, summed from the first on.
static inline float weft_mean_square(const float *row, size_t columns) {
  float sum = 0;
  for (size_t j = 0; j < columns; j++) sum += row[j] * row[j];
  return sum / (float)columns;
}

static inline void weft_encode_row(
    const weft_small_type *type, const float *row, const float *weights, size_t columns,
    uint8_t *block) {
  bool is_weighted = weights && type->weighted;
  float mean_square = is_weighted ? weft_mean_square(row, columns) : 0;
  for (size_t start = 0; start < columns; start += type->length, block += type->byte_count) {
    if (is_weighted) {
      type->weighted(row + start, weights + start, mean_square, block);
    } else {
      type->plain(row + start, block);
    }
  }
}

static inline void weft_encode_rows(const weft_small_type *type, WEFT_ENCODER_PARAMETERS) {
  size_t row_byte_count = columns / type->length * type->byte_count;
  for (size_t row = 0; row < rows; row++) {
    weft_encode_row(
      type, values + row * columns, weights, columns, blocks + row * row_byte_count);
  }
}

/// Defines the scalar encoder of a type.
#define WEFT_DEFINE_SCALAR_ENCODER(name, length, plain, weighted)                        \
  void weft_scalar_encode_##name(WEFT_ENCODER_PARAMETERS) {                              \
    static const weft_small_type type = {length, sizeof(weft_##name), plain, weighted}; \
    weft_encode_rows(&type, values, weights, rows, columns, blocks);                     \
  }

#endif
