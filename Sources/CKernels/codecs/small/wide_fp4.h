// MXFP4 and NVFP4, as scalar_fp4.c defines them.
#ifndef WEFT_WIDE_FP4_H
#define WEFT_WIDE_FP4_H

#include "fp4.h"
#include "wide.h"

typedef int32_t wide_i8 __attribute__((ext_vector_type(8)));
typedef int32_t wide_i4 __attribute__((ext_vector_type(4)));

WEFT_INLINE vector_f32x16 wide_load16(const float *x) {
  vector_f32x16 values;
  memcpy(&values, x, sizeof values);
  return values;
}

WEFT_INLINE vector_i32x16 wide_magnitude_bits16(vector_f32x16 x) {
  return __builtin_bit_cast(vector_i32x16, x) & 0x7FFFFFFF;
}

/// Sixteen entries of a table of eight.
WEFT_INLINE vector_f32x16 wide_look(wide_f8 table, vector_i32x16 index) {
  vector_f32x16 found;
#if WEFT_LANES == 16
  vector_f32x16 both = __builtin_shufflevector(table, table, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
  found = _mm512_permutexvar_ps((__m512i)index, both);
#else
  found.lo = _mm256_permutevar8x32_ps(table, (__m256i)index.lo);
  found.hi = _mm256_permutevar8x32_ps(table, (__m256i)index.hi);
#endif
  return found;
}

/// Codes by comparison with the middles between magnitudes: a value in the middle gets the lower code.
///
/// That is what the least of the rounded differences says wherever the greatest value is not much more than the codes
/// reach. The exponent and the first bit of the fraction of a value in units of `half_scale` say which middle to look at.
WEFT_INLINE vector_u8x16 wide_e2m1(vector_f32x16 x, float half_scale, float inverse) {
  static const wide_f8 middles = {0.5f, 1.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
  static const wide_i8 lower_codes = {0, 1, 1, 2, 3, 4, 5, 6};
  vector_f32x16 magnitude = __builtin_bit_cast(vector_f32x16, wide_magnitude_bits16(x));
  vector_i32x16 place = __builtin_bit_cast(vector_i32x16, magnitude * inverse) >> 22;
  place -= 253;
  place = place > 0 ? place : 0;
  place = place < 7 ? place : 7;
  vector_f32x16 lower = wide_look(__builtin_bit_cast(wide_f8, lower_codes), place);
  vector_i32x16 code = __builtin_bit_cast(vector_i32x16, lower)
    - (magnitude > wide_look(middles * half_scale, place));
  vector_i32x16 is_negative = __builtin_bit_cast(vector_i32x16, x) < 0 & code != 0;
  return __builtin_convertvector(code | (is_negative & 8), vector_u8x16);
}

/// An exponent with which the inverse of the scale and the greatest codes are finite.
WEFT_INLINE bool wide_is_common(uint8_t exponent) { return exponent >= 3 && exponent <= 252; }

WEFT_INLINE void wide_encode_mxfp4(const float *x, weft_mxfp4 *block) {
  float greatest = wide_greatest_magnitude(wide_load(x));
  uint8_t exponent = weft_mxfp4_exponent(greatest);
  if (greatest == 0) {
    *block = (weft_mxfp4){0};
    return;
  }
  if (!wide_is_common(exponent)) {
    weft_scalar_encode_mxfp4(x, NULL, 1, 32, (uint8_t *)block);
    return;
  }
  float half_scale = weft_mxfp4_half_scale(exponent), inverse = 1 / half_scale;
  vector_u8x16 low = wide_e2m1(wide_load16(x), half_scale, inverse);
  vector_u8x16 packed = low | wide_e2m1(wide_load16(x + 16), half_scale, inverse) << 4;
  memcpy(block->codes, &packed, sizeof packed);
  block->exponent = exponent;
}

/// The greatest of four times sixteen magnitudes.
WEFT_INLINE wide_f4 wide_greatest4(const vector_f32x16 *x) {
  wide_i4 part[4];
  for (int i = 0; i < 4; i++) {
    vector_i32x16 bits = wide_magnitude_bits16(x[i]);
    wide_i8 half = bits.lo > bits.hi ? bits.lo : bits.hi;
    part[i] = half.lo > half.hi ? half.lo : half.hi;
  }
  for (int i = 0; i < 4; i += 2) {
    wide_i4 left = __builtin_shufflevector(part[i], part[i + 1], 0, 4, 1, 5);
    wide_i4 right = __builtin_shufflevector(part[i], part[i + 1], 2, 6, 3, 7);
    part[i] = left > right ? left : right;
  }
  wide_i4 left = __builtin_shufflevector(part[0], part[2], 0, 1, 4, 5);
  wide_i4 right = __builtin_shufflevector(part[0], part[2], 2, 3, 6, 7);
  return __builtin_bit_cast(wide_f4, left > right ? left : right);
}

/// Four scales, as weft_nvfp4_scale codes them.
WEFT_INLINE wide_i4 wide_nvfp4_scales(wide_f4 scale) {
  wide_f4 small = scale < 1 ? scale : 1;
  wide_i4 subnormal = __builtin_convertvector(small * 512 + 0.5f, wide_i4);
  wide_i4 normal = ((__builtin_bit_cast(wide_i4, scale) + 0x80000) >> 20) - (127 - 7) * 8;
  subnormal = subnormal < 7 ? subnormal : 7;
  normal = normal < 0x78 ? normal : 0x7E;
  return scale < 0x1p-6f ? subnormal : normal;
}

WEFT_INLINE wide_f4 wide_nvfp4_half_scales(wide_i4 code) {
  wide_f4 subnormal = __builtin_convertvector(code, wide_f4) * 0x1p-10f;
  wide_i4 normal = (code << 20) + ((127 - 7 - 1) << 23);
  return code < 8 ? subnormal : __builtin_bit_cast(wide_f4, normal);
}

WEFT_INLINE void wide_encode_nvfp4(const float *x, weft_nvfp4 *block) {
  vector_f32x16 values[4];
  memcpy(values, x, sizeof values);
  wide_f4 greatest = wide_greatest4(values);
  wide_i4 scales = wide_nvfp4_scales(greatest / 6);
  wide_f4 half_scale = wide_nvfp4_half_scales(scales);
  wide_i4 is_zero = half_scale == 0;
  // Differences from values that are much larger than the codes reach do not tell the codes apart.
  if (__builtin_reduce_or(~is_zero & ~(greatest <= 0x1p20f * half_scale))) {
    weft_scalar_encode_nvfp4(x, NULL, 1, 64, (uint8_t *)block);
    return;
  }
  wide_f4 inverse = is_zero ? 0 : 1 / half_scale;
  half_scale = is_zero ? INFINITY : half_scale;
  WEFT_UNROLL for (int i = 0; i < 4; i++) {
    vector_u8x16 codes = wide_e2m1(values[i], half_scale[i], inverse[i]);
    vector_u8x8 packed = codes.lo | codes.hi << 4;
    memcpy(block->codes[i], &packed, sizeof packed);
    block->scales[i] = (uint8_t)scales[i];
  }
}

#endif
