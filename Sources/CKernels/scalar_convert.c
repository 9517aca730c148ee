#include "numbers.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

void weft_scalar_convert(
    const void *source, weft_float from, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  if (from == to) {
    memmove(target, source, count * weft_width(from));
    tally->nonfinite_inputs += weft_scalar_count_nonfinite(source, from, count);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    double value = weft_load(source, from, i);
    double stored = weft_store(target, to, i, value);
    weft_count(tally, weft_is_finite(value), value, stored);
  }
}

uint64_t weft_scalar_count_nonfinite(const void *values, weft_float type, size_t count) {
  uint64_t result = 0;
  for (size_t i = 0; i < count; i++) result += !weft_is_finite(weft_load(values, type, i));
  return result;
}
