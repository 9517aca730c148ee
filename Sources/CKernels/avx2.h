// Loading and storing eight values at a time. Include only where the target has AVX2, FMA and F16C.
#ifndef WEFT_AVX2_H
#define WEFT_AVX2_H

#include <immintrin.h>

#include "numbers.h"

#define WEFT_INLINE static inline __attribute__((always_inline))

/// NaN stays NaN but becomes quiet, as the hardware's conversions do.
WEFT_INLINE __m256 weft_quiet8(__m256 x) {
  __m256 is_nan = _mm256_cmp_ps(x, x, _CMP_UNORD_Q);
  __m256 quiet = _mm256_castsi256_ps(_mm256_set1_epi32(0x400000));
  return _mm256_or_ps(x, _mm256_and_ps(is_nan, quiet));
}

/// Eight values as float32; the type is not f64.
WEFT_INLINE __m256 weft_load8(const void *values, weft_float type, size_t index) {
  if (type == WEFT_F32) return _mm256_loadu_ps((const float *)values + index);
  const uint16_t *start = (const uint16_t *)values + index;
  __m128i bits = _mm_loadu_si128((const __m128i *)start);
  if (type == WEFT_F16) return _mm256_cvtph_ps(bits);
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}

/// The nearest bf16 of float32 values that are not NaN, in the lower halves of 32-bit lanes.
WEFT_INLINE __m256i weft_round8_bf16(__m256 x) {
  __m256i bits = _mm256_castps_si256(x);
  __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  __m256i bias = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF));
  return _mm256_srli_epi32(_mm256_add_epi32(bits, bias), 16);
}

/// The nearest bf16; the upper bits of a NaN's payload stay.
WEFT_INLINE __m256i weft_round8_bf16_or_nan(__m256 x) {
  __m256i quiet = _mm256_or_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x400000));
  __m256i is_nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
  return _mm256_blendv_epi8(weft_round8_bf16(x), _mm256_srli_epi32(quiet, 16), is_nan);
}

/// The lower halves of eight 32-bit lanes.
WEFT_INLINE __m128i weft_narrow8(__m256i lanes) {
  return _mm_packus_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
}

/// Rounds and stores eight float32 values; the type is not f64.
WEFT_INLINE void weft_store8(void *values, weft_float type, size_t index, __m256 x) {
  if (type == WEFT_F32) {
    _mm256_storeu_ps((float *)values + index, x);
    return;
  }
  __m128i bits = type == WEFT_F16 ? _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT)
                                  : weft_narrow8(weft_round8_bf16_or_nan(x));
  _mm_storeu_si128((__m128i *)((uint16_t *)values + index), bits);
}

/// Eight values as float64, four and four.
typedef struct weft_wide8 { __m256d low, high; } weft_wide8;

WEFT_INLINE weft_wide8 weft_load8_wide(const void *values, weft_float type, size_t index) {
  if (type == WEFT_F64) {
    const double *start = (const double *)values + index;
    return (weft_wide8){_mm256_loadu_pd(start), _mm256_loadu_pd(start + 4)};
  }
  __m256 x = weft_load8(values, type, index);
  return (weft_wide8){
    _mm256_cvtps_pd(_mm256_castps256_ps128(x)), _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1))};
}

/// Cuts the fraction after 23 bits and sets its last bit if anything was lost (rounding to odd).
///
/// A second rounding, to f16 or to a normal bf16, then gives what one rounding gives.
WEFT_INLINE __m256d weft_round_to_odd(__m256d x) {
  const __m256i mask = _mm256_set1_epi64x(0x1FFFFFFF);
  __m256i bits = _mm256_castpd_si256(x);
  __m256i rest = _mm256_and_si256(bits, mask);
  __m256i lost = _mm256_andnot_si256(
    _mm256_cmpeq_epi64(rest, _mm256_setzero_si256()), _mm256_set1_epi64x(0x20000000));
  return _mm256_castsi256_pd(_mm256_or_si256(_mm256_andnot_si256(mask, bits), lost));
}

WEFT_INLINE __m256 weft_join8(weft_wide8 x) {
  return _mm256_set_m128(_mm256_cvtpd_ps(x.high), _mm256_cvtpd_ps(x.low));
}

/// Rounds and stores eight float64 values once; for bf16, none is subnormal as a float32.
WEFT_INLINE void weft_store8_wide(void *values, weft_float type, size_t index, weft_wide8 x) {
  if (type == WEFT_F64) {
    _mm256_storeu_pd((double *)values + index, x.low);
    _mm256_storeu_pd((double *)values + index + 4, x.high);
  } else if (type == WEFT_F32) {
    weft_store8(values, type, index, weft_join8(x));
  } else {
    weft_wide8 odd = {weft_round_to_odd(x.low), weft_round_to_odd(x.high)};
    weft_store8(values, type, index, weft_join8(odd));
  }
}

/// Whether each of the values has a magnitude from `least` to `greatest`, both included.
WEFT_INLINE bool weft_all_within(weft_wide8 x, double least, double greatest) {
  const __m256d sign = _mm256_set1_pd(-0.0), low = _mm256_set1_pd(least);
  const __m256d high = _mm256_set1_pd(greatest);
  __m256d a = _mm256_andnot_pd(sign, x.low), b = _mm256_andnot_pd(sign, x.high);
  __m256d ok = _mm256_and_pd(
    _mm256_and_pd(_mm256_cmp_pd(a, low, _CMP_GE_OQ), _mm256_cmp_pd(a, high, _CMP_LE_OQ)),
    _mm256_and_pd(_mm256_cmp_pd(b, low, _CMP_GE_OQ), _mm256_cmp_pd(b, high, _CMP_LE_OQ)));
  return _mm256_movemask_pd(ok) == 15;
}

/// The magnitudes that certainly stay finite and do not become zero or subnormal.
typedef struct weft_safe_range { double least, greatest; } weft_safe_range;

WEFT_INLINE weft_safe_range weft_safe(weft_float type) {
  switch (type) {
    case WEFT_F16: return (weft_safe_range){0x1p-24, 0x1.FFCp15};
    case WEFT_BF16: return (weft_safe_range){0x1p-126, 0x1.FEp127};
    case WEFT_F32: return (weft_safe_range){0x1p-126, 0x1.FFFFFEp127};
    case WEFT_F64: return (weft_safe_range){0, 0x1.FFFFFFFFFFFFFp1023};
  }
  return (weft_safe_range){0, 0};
}

#endif
