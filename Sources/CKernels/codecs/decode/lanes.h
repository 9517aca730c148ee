// Sixteen elements at a time; the compiler makes of them what the instruction set has.
//
// The decoders are one text, compiled for every instruction set. Each element is computed by itself, in IEEE binary32
// without fused multiply-adds, so that all give the same bits.
#ifndef WEFT_LANES_H
#define WEFT_LANES_H

#include <string.h>

#include "blocks.h"

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef int8_t signed16 __attribute__((vector_size(16)));
typedef uint16_t shorts8 __attribute__((vector_size(16)));
typedef uint32_t words4 __attribute__((vector_size(16)));
typedef uint64_t longs2 __attribute__((vector_size(16)));
typedef float floats16 __attribute__((vector_size(64)));

#define WEFT_LANES static inline __attribute__((always_inline))

WEFT_LANES uint16_t short_at(const uint8_t *bytes) {
  uint16_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

WEFT_LANES uint32_t word_at(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

WEFT_LANES uint64_t long_at(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

WEFT_LANES bytes16 bytes_at(const uint8_t *bytes) {
  bytes16 value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

WEFT_LANES float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// Sixteen bits as bytes of zero or all ones, the lowest bit first.
WEFT_LANES bytes16 masks_of(uint16_t bits) {
  const bytes16 places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  bytes16 pair = (bytes16)((shorts8){0} + bits);
  bytes16 eights = __builtin_shufflevector(
    pair, pair, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return (bytes16)((eights & places) != 0);
}

/// The low nibbles of eight bytes, then the high ones.
WEFT_LANES bytes16 nibbles_of(uint64_t bytes) {
  return (bytes16)((longs2){bytes, bytes >> 4}) & 15;
}

/// Writes scale * quant.
WEFT_LANES void put(float *values, signed16 quants, float scale) {
  floats16 products = __builtin_convertvector(quants, floats16) * scale;
  memcpy(values, &products, sizeof products);
}

/// Writes scale * quant + offset, both rounded.
WEFT_LANES void put_shifted(float *values, bytes16 quants, float scale, float offset) {
  floats16 products = __builtin_convertvector(quants, floats16) * scale;
  floats16 sums = products + offset;
  memcpy(values, &sums, sizeof sums);
}

/// Gives NaN its one form, so that no processor's own choice shows.
static void settle(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (values[i] != values[i]) values[i] = float_of_bits(0x7FC00000);
  }
}

#endif
