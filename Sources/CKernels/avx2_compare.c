#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"
#include "compare.h"

#pragma STDC FP_CONTRACT OFF

/// The lanes of weft_lanes, in registers.
typedef struct sums { __m256d difference, a, b, dot; } sums;

WEFT_INLINE void add4(sums *sums, __m256d x, __m256d y) {
  __m256d d = _mm256_sub_pd(x, y);
  sums->difference = _mm256_add_pd(sums->difference, _mm256_mul_pd(d, d));
  sums->a = _mm256_add_pd(sums->a, _mm256_mul_pd(x, x));
  sums->b = _mm256_add_pd(sums->b, _mm256_mul_pd(y, y));
  sums->dot = _mm256_add_pd(sums->dot, _mm256_mul_pd(x, y));
}

WEFT_INLINE void store_lanes(const sums *sums, weft_lanes *lanes) {
  _mm256_storeu_pd(lanes->difference, sums->difference);
  _mm256_storeu_pd(lanes->a, sums->a);
  _mm256_storeu_pd(lanes->b, sums->b);
  _mm256_storeu_pd(lanes->dot, sums->dot);
}

WEFT_INLINE sums load_lanes(const weft_lanes *lanes) {
  return (sums){
    _mm256_loadu_pd(lanes->difference), _mm256_loadu_pd(lanes->a), _mm256_loadu_pd(lanes->b),
    _mm256_loadu_pd(lanes->dot)};
}

/// The places of eight float32 values in the order of all of them, as weft_order.
WEFT_INLINE __m256i order8(const void *values, size_t start) {
  __m256i bits = _mm256_loadu_si256((const __m256i *)((const float *)values + start));
  __m256i negative = _mm256_sub_epi32(_mm256_set1_epi32(INT32_MIN), bits);
  return _mm256_blendv_epi8(bits, negative, _mm256_srai_epi32(bits, 31));
}

/// The pairs of eight finite float32 values that are more than one unit apart.
WEFT_INLINE int beyond_one_unit8(weft_pair pair, size_t start) {
  __m256i x = order8(pair.a, start), y = order8(pair.b, start);
  __m256i one = _mm256_set1_epi32(1);
  // Places of finite values are far from the ends, so that one more does not wrap.
  __m256i within = _mm256_or_si256(
    _mm256_cmpeq_epi32(x, y),
    _mm256_or_si256(
      _mm256_cmpeq_epi32(_mm256_add_epi32(x, one), y),
      _mm256_cmpeq_epi32(x, _mm256_add_epi32(y, one))));
  return ~_mm256_movemask_ps(_mm256_castsi256_ps(within)) & 0xFF;
}

/// Counts eight finite pairs of which the set bits of `unequal` differ.
WEFT_INLINE void note_unequal(
    weft_pair pair, size_t start, int unequal, weft_comparison *result) {
  result->different += (uint64_t)__builtin_popcount((unsigned)unequal);
  if (pair.a_type != pair.b_type) return;
  if (pair.a_type == WEFT_F32) {
    int beyond = beyond_one_unit8(pair, start);
    result->beyond_one_unit += (uint64_t)__builtin_popcount((unsigned)beyond);
    return;
  }
  for (unsigned rest = (unsigned)unequal; rest != 0; rest &= rest - 1) {
    size_t i = start + (size_t)__builtin_ctz(rest);
    result->beyond_one_unit += weft_is_beyond_one_unit(pair.a, pair.b, pair.a_type, i);
  }
}

/// Looks for a new maximum among eight finite pairs.
WEFT_INLINE void note_maximum(weft_wide8 x, weft_wide8 y, size_t i, weft_comparison *result) {
  weft_wide8 d = {_mm256_sub_pd(x.low, y.low), _mm256_sub_pd(x.high, y.high)};
  if (weft_all_within(d, 0, result->max_difference)) return;
  double values[8];
  weft_store8_wide(values, WEFT_F64, 0, d);
  for (size_t k = 0; k < 8; k++) weft_note_maximum(result, values[k], i + k);
}

WEFT_INLINE size_t compare_groups(
    weft_pair pair, size_t count, weft_lanes *lanes, weft_comparison *result) {
  sums sums = load_lanes(lanes);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    weft_wide8 x = weft_load8_wide(pair.a, pair.a_type, i);
    weft_wide8 y = weft_load8_wide(pair.b, pair.b_type, i);
    const double greatest = 0x1.FFFFFFFFFFFFFp1023;
    if (!weft_all_within(x, 0, greatest) || !weft_all_within(y, 0, greatest)) {
      store_lanes(&sums, lanes);
      for (size_t k = i; k < i + 8; k++) weft_compare_one(pair, k, lanes, result);
      sums = load_lanes(lanes);
      continue;
    }
    add4(&sums, x.low, y.low);
    add4(&sums, x.high, y.high);
    int unequal = _mm256_movemask_pd(_mm256_cmp_pd(x.low, y.low, _CMP_NEQ_UQ))
      | _mm256_movemask_pd(_mm256_cmp_pd(x.high, y.high, _CMP_NEQ_UQ)) << 4;
    if (unequal == 0) continue;
    int zero = _mm256_movemask_pd(_mm256_cmp_pd(y.low, _mm256_setzero_pd(), _CMP_EQ_OQ))
      | _mm256_movemask_pd(_mm256_cmp_pd(y.high, _mm256_setzero_pd(), _CMP_EQ_OQ)) << 4;
    result->flushed += (uint64_t)__builtin_popcount((unsigned)(unequal & zero));
    note_unequal(pair, i, unequal, result);
    note_maximum(x, y, i, result);
  }
  store_lanes(&sums, lanes);
  return i;
}

void weft_avx2_compare(
    const void *a, weft_float a_type, const void *b, weft_float b_type, size_t count,
    weft_comparison *result) {
  weft_pair pair = {a, a_type, b, b_type};
  weft_lanes lanes = {0};
  *result = (weft_comparison){.count = count};
  size_t done = compare_groups(pair, count, &lanes, result);
  for (size_t i = done; i < count; i++) weft_compare_one(pair, i, &lanes, result);
  weft_join(&lanes, result);
}

#pragma clang attribute pop
#endif
