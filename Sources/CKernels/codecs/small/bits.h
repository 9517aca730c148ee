// The bits of float32 values.
#ifndef WEFT_SMALL_BITS_H
#define WEFT_SMALL_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint32_t weft_float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float weft_float_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
