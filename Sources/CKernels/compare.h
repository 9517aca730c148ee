// The comparison of one pair, and the sums that go with it.
#ifndef WEFT_COMPARE_H
#define WEFT_COMPARE_H

#include "numbers.h"

#pragma STDC FP_CONTRACT OFF

/// The sums are kept in lanes, element i in lane i % WEFT_LANES, and joined at the end.
#define WEFT_LANES 4

/// The lanes of each sum.
typedef struct weft_lanes {
  double difference[WEFT_LANES], a[WEFT_LANES], b[WEFT_LANES], dot[WEFT_LANES];
} weft_lanes;

/// Two tensors of which elements are compared.
typedef struct weft_pair {
  const void *a;
  weft_float a_type;
  const void *b;
  weft_float b_type;
} weft_pair;

/// The place of a value in the order of all values of its type; both zeros have the same.
static inline int64_t weft_order(const void *values, weft_float type, size_t index) {
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

static inline bool weft_is_beyond_one_unit(
    const void *a, const void *b, weft_float type, size_t index) {
  int64_t x = weft_order(a, type, index), y = weft_order(b, type, index);
  uint64_t distance = x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x;
  return distance > 1;
}

static inline void weft_note_maximum(weft_comparison *result, double difference, size_t index) {
  if (fabs(difference) > result->max_difference) {
    result->max_difference = fabs(difference);
    result->max_index = index;
  }
}

static inline void weft_compare_one(
    weft_pair pair, size_t i, weft_lanes *lanes, weft_comparison *result) {
  double x = weft_load(pair.a, pair.a_type, i), y = weft_load(pair.b, pair.b_type, i);
  bool equal = x == y || (isnan(x) && isnan(y));
  result->different += !equal;
  if (!weft_is_finite(x) || !weft_is_finite(y)) {
    result->nonfinite_mismatches += !equal;
    return;
  }
  size_t lane = i % WEFT_LANES;
  lanes->a[lane] += x * x;
  lanes->b[lane] += y * y;
  lanes->dot[lane] += x * y;
  if (equal) return;
  result->flushed += y == 0;
  double d = x - y;
  lanes->difference[lane] += d * d;
  result->beyond_one_unit +=
    pair.a_type == pair.b_type && weft_is_beyond_one_unit(pair.a, pair.b, pair.a_type, i);
  weft_note_maximum(result, d, i);
}

static inline double weft_join_lanes(const double *lanes) {
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/// Joins the lanes into the result.
static inline void weft_join(const weft_lanes *lanes, weft_comparison *result) {
  result->sum_squared_difference = weft_join_lanes(lanes->difference);
  result->sum_squared_a = weft_join_lanes(lanes->a);
  result->sum_squared_b = weft_join_lanes(lanes->b);
  result->dot = weft_join_lanes(lanes->dot);
}

#endif
