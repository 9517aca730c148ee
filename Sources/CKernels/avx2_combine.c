#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

/// The sum of the products for eight elements, in order; products and sums are rounded each.
WEFT_INLINE weft_wide8 sum8(
    const weft_addend *addends, size_t addend_count, size_t index, bool *inputs_finite) {
  weft_wide8 sum = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  for (size_t k = 0; k < addend_count; k++) {
    weft_wide8 x = weft_load8_wide(addends[k].values, addends[k].type, index);
    *inputs_finite = *inputs_finite && weft_all_within(x, 0, 0x1.FFFFFFFFFFFFFp1023);
    __m256d c = _mm256_set1_pd(addends[k].coefficient);
    __m256d low = _mm256_mul_pd(c, x.low), high = _mm256_mul_pd(c, x.high);
    sum.low = k == 0 ? low : _mm256_add_pd(sum.low, low);
    sum.high = k == 0 ? high : _mm256_add_pd(sum.high, high);
  }
  return sum;
}

/// The part of a combination that starts at an element.
static void combine_rest(
    const weft_addend *addends, size_t addend_count, size_t start, void *target, weft_float to,
    size_t count, weft_tally *tally) {
  for (size_t i = start; i < start + count; i++) {
    weft_addend shifted[addend_count];
    for (size_t k = 0; k < addend_count; k++) {
      shifted[k] = addends[k];
      shifted[k].values = weft_at(addends[k].values, addends[k].type, i);
    }
    weft_scalar_combine(shifted, addend_count, weft_at_mutable(target, to, i), to, 1, tally);
  }
}

void weft_avx2_combine(
    const weft_addend *addends, size_t addend_count, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  if (addend_count == 0) {
    weft_scalar_combine(addends, addend_count, target, to, count, tally);
    return;
  }
  weft_safe_range safe = weft_safe(to);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    bool inputs_finite = true;
    weft_wide8 sum = sum8(addends, addend_count, i, &inputs_finite);
    if (inputs_finite && weft_all_within(sum, safe.least, safe.greatest)) {
      weft_store8_wide(target, to, i, sum);
    } else {
      combine_rest(addends, addend_count, i, target, to, 8, tally);
    }
  }
  combine_rest(addends, addend_count, i, target, to, count - i, tally);
}

#pragma clang attribute pop
#endif
