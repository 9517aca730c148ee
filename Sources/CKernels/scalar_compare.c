#include "numbers.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

/// The sums are kept in four lanes, element i in lane i % 4, and joined at the end.
#define LANES 4

/// The place of a value in the order of all values of its type; both zeros have the same.
static int64_t order(const void *values, weft_float type, size_t index) {
  int64_t bits;
  switch (type) {
    case WEFT_F32: bits = ((const int32_t *)values)[index]; break;
    case WEFT_F64: bits = ((const int64_t *)values)[index]; break;
    default: bits = ((const int16_t *)values)[index]; break;
  }
  if (bits >= 0) return bits;
  switch (type) {
    case WEFT_F32: return INT32_MIN - bits;
    case WEFT_F64: return INT64_MIN - bits;
    default: return INT16_MIN - bits;
  }
}

static bool is_beyond_one_unit(const void *a, const void *b, weft_float type, size_t index) {
  int64_t x = order(a, type, index), y = order(b, type, index);
  uint64_t distance = x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x;
  return distance > 1;
}

static double join(const double *lanes) {
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

void weft_scalar_compare(
    const void *a, weft_float a_type, const void *b, weft_float b_type, size_t count,
    weft_comparison *result) {
  double difference[LANES] = {0}, squared_a[LANES] = {0}, squared_b[LANES] = {0};
  double dot[LANES] = {0};
  *result = (weft_comparison){.count = count};
  for (size_t i = 0; i < count; i++) {
    double x = weft_load(a, a_type, i), y = weft_load(b, b_type, i);
    bool equal = x == y || (isnan(x) && isnan(y));
    result->different += !equal;
    if (!weft_is_finite(x) || !weft_is_finite(y)) {
      result->nonfinite_mismatches += !equal;
      continue;
    }
    squared_a[i % LANES] += x * x;
    squared_b[i % LANES] += y * y;
    dot[i % LANES] += x * y;
    if (equal) continue;
    double d = x - y;
    difference[i % LANES] += d * d;
    result->beyond_one_unit += a_type == b_type && is_beyond_one_unit(a, b, a_type, i);
    if (fabs(d) > result->max_difference) {
      result->max_difference = fabs(d);
      result->max_index = i;
    }
  }
  result->sum_squared_difference = join(difference);
  result->sum_squared_a = join(squared_a);
  result->sum_squared_b = join(squared_b);
  result->dot = join(dot);
}
