// TQ1_0, TQ2_0 and Q2_0, as scalar_ternary.c defines them.
#ifndef WEFT_WIDE_TERNARY_H
#define WEFT_WIDE_TERNARY_H

#include "wide.h"

/// 32 codes 0, 1 and 2: values from half the scale on are rounded away from zero.
WEFT_INLINE wide_u8 wide_ternary(wide_f value) {
  wide_u8 up = __builtin_convertvector(value >= 0.5f, wide_u8);
  wide_u8 down = __builtin_convertvector(value <= -0.5f, wide_u8);
  return 1 - up + down;
}

/// Codes of a block of a multiple of 32 elements; gives the scale back.
WEFT_INLINE float wide_code_ternary(const float *x, size_t count, wide_u8 *codes) {
  wide_i bits = wide_magnitude_bits(wide_load(x));
  for (size_t j = 32; j < count; j += 32) {
    wide_i others = wide_magnitude_bits(wide_load(x + j));
    bits = others > bits ? others : bits;
  }
  float scale = weft_float_from_bits((uint32_t)__builtin_reduce_max(bits));
  float inverse = weft_inverse(scale);
  for (size_t j = 0; j < count / 32; j++) {
    codes[j] = wide_ternary(wide_load(x + 32 * j) * inverse);
  }
  return scale;
}

/// All 52 bytes of digits at once: row i of `digits` holds the i-th digit of each.
WEFT_INLINE void wide_encode_tq1_0(const float *x, weft_tq1_0 *block) {
  wide_u8 codes[8];
  block->scale = vector_half(wide_code_ternary(x, 256, codes));
  const uint8_t *code = (const uint8_t *)codes;
  uint8_t digits[5][64] = {0};
  vector_u8x64 number = {0}, next;
  for (int i = 0; i < 5; i++) {
    memcpy(digits[i], code + 32 * i, 32);
    memcpy(digits[i] + 32, code + 160 + 16 * i, 16);
    if (i < 4) memcpy(digits[i] + 48, code + 240 + 4 * i, 4);
    memcpy(&next, digits[i], sizeof next);
    number = number + number + number + next;
  }
  vector_u16x64 wide = __builtin_convertvector(number, vector_u16x64);
  vector_u8x64 bytes = __builtin_convertvector((wide * 256 + 242) / 243, vector_u8x64);
  memcpy(block, &bytes, 52);
}

WEFT_INLINE void wide_encode_tq2_0(const float *x, weft_tq2_0 *block) {
  wide_u8 codes[8];
  block->scale = vector_half(wide_code_ternary(x, 256, codes));
  for (int i = 0; i < 2; i++) {
    const wide_u8 *code = codes + 4 * i;
    wide_u8 packed = code[0] | code[1] << 2 | code[2] << 4 | code[3] << 6;
    memcpy(block->codes[i], &packed, sizeof packed);
  }
}

WEFT_INLINE void wide_encode_q2_0(const float *x, weft_q2_0 *block) {
  wide_u8 codes[2];
  block->scale = vector_half(wide_code_ternary(x, 64, codes));
  vector_u32x16 fours;
  memcpy(&fours, codes, sizeof fours);
  fours |= fours >> 6 | fours >> 12 | fours >> 18;
  vector_u8x16 packed = __builtin_convertvector(fours, vector_u8x16);
  memcpy(block->codes, &packed, sizeof packed);
}

#endif
