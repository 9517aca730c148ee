// The functions that define the results; faster ones call them for what is left over.
#ifndef WEFT_SCALAR_H
#define WEFT_SCALAR_H

#include "CKernels.h"

void weft_scalar_convert(
  const void *source, weft_float from, void *target, weft_float to, size_t count,
  weft_tally *tally);
uint64_t weft_scalar_count_nonfinite(const void *values, weft_float type, size_t count);
uint64_t weft_scalar_fuse(
  const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
  void *target, weft_float to, weft_tally *tally);
void weft_scalar_combine(
  const weft_addend *addends, size_t addend_count, void *target, weft_float to, size_t count,
  weft_tally *tally);
void weft_scalar_compare(
  const void *a, weft_float a_type, const void *b, weft_float b_type, size_t count,
  weft_comparison *result);
void weft_scalar_product(
  const double *a, const double *b, double *target, size_t rows, size_t inner, size_t columns);

#endif
