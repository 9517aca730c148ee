// Blocks one at a time, 32 elements side by side. Include only where the target has AVX2 and F16C or more.
//
// Only what the order of evaluation cannot change is computed this way: the greatest, the least, and each element's code.
#ifndef WEFT_SMALL_WIDE_H
#define WEFT_SMALL_WIDE_H

#include "vectors.h"

typedef float wide_f __attribute__((ext_vector_type(32)));
typedef float wide_f8 __attribute__((ext_vector_type(8)));
typedef float wide_f4 __attribute__((ext_vector_type(4)));
typedef int32_t wide_i __attribute__((ext_vector_type(32)));
typedef uint8_t wide_u8 __attribute__((ext_vector_type(32)));
typedef bool wide_mask __attribute__((ext_vector_type(32)));

WEFT_INLINE wide_f wide_load(const float *x) {
  wide_f values;
  memcpy(&values, x, sizeof values);
  return values;
}

WEFT_INLINE wide_i wide_magnitude_bits(wide_f x) {
  return __builtin_bit_cast(wide_i, x) & 0x7FFFFFFF;
}

/// The greatest magnitude; those of numbers are ordered as their bits are.
WEFT_INLINE float wide_greatest_magnitude(wide_f x) {
  return weft_float_from_bits((uint32_t)__builtin_reduce_max(wide_magnitude_bits(x)));
}

/// One bit an element, the first lowest; `truth` has -1 for true.
WEFT_INLINE uint32_t wide_bits(wide_i truth) {
  return __builtin_bit_cast(uint32_t, __builtin_convertvector(truth, wide_mask));
}

/// The first element of which something is true; the last where it is true of none.
WEFT_INLINE size_t wide_first(wide_i truth) {
  return (size_t)__builtin_ctz(wide_bits(truth) | 1u << 31);
}

/// The value with the largest magnitude, the first of several; 0 where all are zero.
WEFT_INLINE float wide_extreme(const float *x) {
  wide_i bits = wide_magnitude_bits(wide_load(x));
  int32_t greatest = __builtin_reduce_max(bits);
  return greatest == 0 ? 0 : x[wide_first(bits == greatest)];
}

/// A value moved into a range, as weft_clamp moves it.
WEFT_INLINE wide_f wide_clamp(wide_f value, float least, float most) {
  wide_f raised = value > least ? value : least;
  return raised < most ? raised : most;
}

/// Whole numbers from 0 to 255 as bytes.
WEFT_INLINE wide_u8 wide_bytes(wide_f whole) {
  return __builtin_convertvector(__builtin_convertvector(whole, wide_i), wide_u8);
}

/// Packs codes of four bits, `j` and `j + 16` together.
WEFT_INLINE void wide_pack_nibbles(wide_u8 codes, uint8_t *packed) {
  vector_u8x16 pairs = (codes.lo & 15) | codes.hi << 4;
  memcpy(packed, &pairs, sizeof pairs);
}

#endif
