// The functions of avx2_*.c, each equal, bit for bit, to its namesake in scalar.h.
#ifndef WEFT_AVX2_TABLE_H
#define WEFT_AVX2_TABLE_H

#include "CKernels.h"

#if defined(__x86_64__)

void weft_avx2_convert(
  const void *source, weft_float from, void *target, weft_float to, size_t count,
  weft_tally *tally);
uint64_t weft_avx2_count_nonfinite(const void *values, weft_float type, size_t count);
uint64_t weft_avx2_fuse(
  const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
  void *target, weft_float to, weft_tally *tally);
uint64_t weft_avx2_fuse_wide(
  const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
  void *target, weft_float to, weft_tally *tally);
void weft_avx2_combine(
  const weft_addend *addends, size_t addend_count, void *target, weft_float to, size_t count,
  weft_tally *tally);
void weft_avx2_compare(
  const void *a, weft_float a_type, const void *b, weft_float b_type, size_t count,
  weft_comparison *result);
void weft_avx2_product(
  const double *a, const double *b, double *target, size_t rows, size_t inner, size_t columns);

#endif
#endif
