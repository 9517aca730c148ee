#include "compare.h"
#include "scalar.h"

void weft_scalar_compare(
    const void *a, weft_float a_type, const void *b, weft_float b_type, size_t count,
    weft_comparison *result) {
  weft_pair pair = {a, a_type, b, b_type};
  weft_lanes lanes = {0};
  *result = (weft_comparison){.count = count};
  for (size_t i = 0; i < count; i++) weft_compare_one(pair, i, &lanes, result);
  weft_join(&lanes, result);
}
