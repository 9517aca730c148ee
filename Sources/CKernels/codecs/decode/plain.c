#include "decode.h"

#include "lanes.h"

#pragma STDC FP_CONTRACT OFF

/// The value of f16: 1 bit sign, 5 bits exponent, 10 bits fraction.
WEFT_LANES float half_of_bits(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 0x1F, fraction = half & 0x3FF;
  if (exponent == 0) return (sign ? -0x1p-24f : 0x1p-24f) * (float)fraction;
  if (exponent == 31) return float_of_bits(sign | 0x7F800000u | fraction << 13);
  return float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

/// The values of a table that codes below sixteen number.
WEFT_LANES signed16 look_up(bytes16 codes, signed16 table) {
  signed16 values = {0};
  for (int i = 0; i < 16; i++) values[i] = table[codes[i]];
  return values;
}

#define WEFT_DECODERS weft_plain_decoders
#include "decoders.h"
