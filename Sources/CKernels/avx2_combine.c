#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

/// Addends of which all have one type, or each its own.
typedef struct terms {
  const weft_addend *addends;
  size_t count;
  bool is_uniform;
  weft_float type;
} terms;

/// The sum of the products for eight elements, in order; products and sums are rounded each.
WEFT_INLINE weft_wide8 sum8(terms terms, size_t index) {
  weft_wide8 sum = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  for (size_t k = 0; k < terms.count; k++) {
    weft_float type = terms.is_uniform ? terms.type : terms.addends[k].type;
    weft_wide8 x = weft_load8_wide(terms.addends[k].values, type, index);
    __m256d c = _mm256_set1_pd(terms.addends[k].coefficient);
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

/// All elements; the terms' count and types are constants where that is worth it.
///
/// A sum with an addend that is not finite is not finite itself, so that the range of the sum tells all.
WEFT_INLINE void combine_all(
    terms terms, void *target, weft_float to, size_t count, weft_tally *tally) {
  weft_safe_range safe = weft_safe(to);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    weft_wide8 sum = sum8(terms, i);
    if (__builtin_expect(weft_all_within(sum, safe.least, safe.greatest), 1)) {
      weft_store8_wide(target, to, i, sum);
    } else {
      combine_rest(terms.addends, terms.count, i, target, to, 8, tally);
    }
  }
  combine_rest(terms.addends, terms.count, i, target, to, count - i, tally);
}

/// Addends of one type, which is that of the result, too; the type is a constant.
WEFT_INLINE void combine_uniform(
    const weft_addend *addends, size_t addend_count, void *target, weft_float type, size_t count,
    weft_tally *tally) {
  switch (addend_count) {
    case 2: combine_all((terms){addends, 2, true, type}, target, type, count, tally); break;
    case 3: combine_all((terms){addends, 3, true, type}, target, type, count, tally); break;
    default: combine_all((terms){addends, addend_count, true, type}, target, type, count, tally);
  }
}

void weft_avx2_combine(
    const weft_addend *addends, size_t addend_count, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  if (addend_count == 0) {
    weft_scalar_combine(addends, addend_count, target, to, count, tally);
    return;
  }
  bool is_uniform = true;
  for (size_t k = 0; k < addend_count; k++) is_uniform = is_uniform && addends[k].type == to;
  if (is_uniform && to == WEFT_F16) {
    combine_uniform(addends, addend_count, target, WEFT_F16, count, tally);
  } else if (is_uniform && to == WEFT_BF16) {
    combine_uniform(addends, addend_count, target, WEFT_BF16, count, tally);
  } else if (is_uniform && to == WEFT_F32) {
    combine_uniform(addends, addend_count, target, WEFT_F32, count, tally);
  } else {
    combine_all((terms){addends, addend_count, false, to}, target, to, count, tally);
  }
}

#pragma clang attribute pop
#endif
