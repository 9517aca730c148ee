#include "numbers.h"
#include "operand.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

uint64_t weft_scalar_fuse(
    const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
    void *target, weft_float to, weft_tally *tally) {
  for (size_t r = 0; r < region.row_count; r++) {
    for (size_t c = 0; c < region.column_count; c++) {
      size_t index = r * region.column_count + c;
      double before = weft_load(base, from, index);
      double sum = weft_low_rank_sum(operand, region.row + r, region.column + c);
      weft_finish(target, to, index, weft_is_finite(before), before + sum, tally);
    }
  }
  return 0;
}

void weft_scalar_combine(
    const weft_addend *addends, size_t addend_count, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  for (size_t i = 0; i < count; i++) {
    double sum = 0;
    bool inputs_finite = true;
    for (size_t k = 0; k < addend_count; k++) {
      double value = weft_load(addends[k].values, addends[k].type, i);
      double product = addends[k].coefficient * value;
      sum = k == 0 ? product : sum + product;
      inputs_finite = inputs_finite && weft_is_finite(value);
    }
    weft_finish(target, to, i, inputs_finite, sum, tally);
  }
}
