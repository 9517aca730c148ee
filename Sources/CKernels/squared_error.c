#include "include/squared_error.h"

#pragma STDC FP_CONTRACT OFF

/// Element i of a run is added to lane i % LANES, and the lanes are joined at the end, so that vectors of any length add up
/// the same numbers in the same order.
#define LANES 16

static inline double join(const double *lanes) {
  double sums[LANES / 2];
  for (size_t k = 0; k < LANES / 2; k++) sums[k] = lanes[k] + lanes[k + LANES / 2];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

static inline __attribute__((always_inline)) weft_squared_error measure(
    const float *values, const float *stored, size_t count) {
  double differences[LANES] = {0}, squares[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t k = 0; k < LANES; k++) {
      double value = values[i + k], difference = value - (double)stored[i + k];
      differences[k] += difference * difference;
      squares[k] += value * value;
    }
  }
  for (size_t k = 0; i < count; i++, k++) {
    double value = values[i], difference = value - (double)stored[i];
    differences[k] += difference * difference;
    squares[k] += value * value;
  }
  return (weft_squared_error){.of_differences = join(differences), .of_values = join(squares)};
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static weft_squared_error measure_avx2(
    const float *values, const float *stored, size_t count) {
  return measure(values, stored, count);
}

__attribute__((target("avx512f"))) static weft_squared_error measure_avx512(
    const float *values, const float *stored, size_t count) {
  return measure(values, stored, count);
}
#endif

weft_squared_error weft_measure_squared_error(
    const float *values, const float *stored, size_t count, weft_isa isa) {
#if defined(__x86_64__)
  if (isa == WEFT_AVX512) return measure_avx512(values, stored, count);
  if (isa == WEFT_AVX2) return measure_avx2(values, stored, count);
#endif
  (void)isa;
  return measure(values, stored, count);
}
