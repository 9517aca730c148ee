// Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0 without weights, as scalar_legacy.c defines them.
#ifndef WEFT_WIDE_LEGACY_H
#define WEFT_WIDE_LEGACY_H

#include "wide.h"

WEFT_INLINE uint32_t wide_high_bits(wide_u8 codes) {
  return __builtin_bit_cast(uint32_t, __builtin_convertvector((codes & 16) != 0, wide_mask));
}

WEFT_INLINE wide_u8 wide_code_symmetric(const float *x, int half, uint16_t *scale) {
  float step = wide_extreme(x) / (float)-half;
  wide_f codes = wide_load(x) * weft_inverse(step) + ((float)half + 0.5f);
  *scale = vector_half(step);
  return wide_bytes(wide_clamp(codes, 0, (float)(2 * half - 1)));
}

WEFT_INLINE void wide_encode_q4_0(const float *x, weft_q4_0 *block) {
  uint16_t scale;
  wide_pack_nibbles(wide_code_symmetric(x, 8, &scale), block->codes);
  block->scale = scale;
}

WEFT_INLINE void wide_encode_q5_0(const float *x, weft_q5_0 *block) {
  uint16_t scale;
  wide_u8 codes = wide_code_symmetric(x, 16, &scale);
  block->scale = scale;
  block->high = wide_high_bits(codes);
  wide_pack_nibbles(codes, block->codes);
}

/// The least value, and of zeros the first; NaN where there is one.
WEFT_INLINE float wide_least(const float *x) {
  wide_f values = wide_load(x);
  vector_f32x16 a = values.lo < values.hi ? values.lo : values.hi;
  wide_f8 b = a.lo < a.hi ? a.lo : a.hi;
  wide_f4 c = b.lo < b.hi ? b.lo : b.hi;
  float left = c.x < c.y ? c.x : c.y, right = c.z < c.w ? c.z : c.w;
  return x[wide_first(values == (left < right ? left : right))];
}

WEFT_INLINE float wide_greatest(wide_f values) {
  vector_f32x16 a = values.lo > values.hi ? values.lo : values.hi;
  wide_f8 b = a.lo > a.hi ? a.lo : a.hi;
  wide_f4 c = b.lo > b.hi ? b.lo : b.hi;
  float left = c.x > c.y ? c.x : c.y, right = c.z > c.w ? c.z : c.w;
  return left > right ? left : right;
}

WEFT_INLINE wide_u8 wide_code_from_least(
    const float *x, float most, uint16_t *scale, uint16_t *least) {
  wide_f values = wide_load(x);
  float low = wide_least(x);
  float high = wide_greatest(values);
  float step = (high > low ? high - low : 0) / most;  // not -0 from zeros of both signs
  wide_f codes = (values - low) * weft_inverse(step) + 0.5f;
  *scale = vector_half(step);
  *least = vector_half(low);
  return wide_bytes(wide_clamp(codes, 0, most));
}

WEFT_INLINE void wide_encode_q4_1(const float *x, weft_q4_1 *block) {
  uint16_t scale, least;
  wide_pack_nibbles(wide_code_from_least(x, 15, &scale, &least), block->codes);
  block->scale = scale;
  block->least = least;
}

WEFT_INLINE void wide_encode_q5_1(const float *x, weft_q5_1 *block) {
  uint16_t scale, least;
  wide_u8 codes = wide_code_from_least(x, 31, &scale, &least);
  block->scale = scale;
  block->least = least;
  block->high = wide_high_bits(codes);
  wide_pack_nibbles(codes, block->codes);
}

WEFT_INLINE void wide_encode_q8_0(const float *x, weft_q8_0 *block) {
  wide_f values = wide_load(x);
  float scale = wide_greatest_magnitude(values) / 127;
  wide_f codes = __builtin_elementwise_round(values * weft_inverse(scale));
  wide_u8 bytes = wide_bytes(wide_clamp(codes, -127, 127));
  memcpy(block->codes, &bytes, sizeof bytes);
  block->scale = vector_half(scale);
}

#endif
