// Vectors of WEFT_LANES numbers and what C has no operator for. Include only where the target has such vectors.
#include <string.h>

#include "../include/fast_elements.h"

#define WEFT_INLINE static inline __attribute__((always_inline))

typedef float floats __attribute__((ext_vector_type(WEFT_LANES)));
typedef int32_t ints __attribute__((ext_vector_type(WEFT_LANES)));
typedef uint32_t words __attribute__((ext_vector_type(WEFT_LANES)));
typedef uint16_t halves __attribute__((ext_vector_type(WEFT_LANES)));
typedef int8_t bytes __attribute__((ext_vector_type(WEFT_LANES)));
/// Wider than the target's vectors, so handed over by address.
typedef double doubles __attribute__((ext_vector_type(WEFT_LANES)));

/// Runs a statement for the vectors of so many elements: `i` is the first element of each, `n` their number, which is
/// less than WEFT_LANES in the last alone.
#define EACH_VECTOR(count, ...) \
  { \
    size_t i = 0; \
    for (; i + WEFT_LANES <= (count); i += WEFT_LANES) { \
      const size_t n = WEFT_LANES; \
      __VA_ARGS__ \
    } \
    if (i < (count)) { \
      const size_t n = (count)-i; \
      __VA_ARGS__ \
    } \
  }

WEFT_INLINE size_t byte_count_of(weft_element element) {
  return element == WEFT_ELEMENT_BF16 ? sizeof(uint16_t) : sizeof(float);
}

WEFT_INLINE const void *at(const void *x, size_t offset, weft_element element) {
  return (const char *)x + offset * byte_count_of(element);
}

WEFT_INLINE void *to(void *x, size_t offset, weft_element element) {
  return (char *)x + offset * byte_count_of(element);
}

WEFT_INLINE floats widened(halves x) {
  return (floats)(__builtin_convertvector(x, words) << 16);
}

#if defined(WEFT_HAS_BF16)

#include "lanes_bf16.h"

#else

/// Rounds to nearest even; a NaN stays one.
WEFT_INLINE halves narrowed(floats x) {
  words bits = (words)x;
  words rounded = bits + 0x7FFFu + ((bits >> 16) & 1);
  return __builtin_convertvector((x != x ? bits | 0x400000u : rounded) >> 16, halves);
}

#endif

#if WEFT_LANES == 16

#include "lanes_masked.h"

#else

#include "lanes_copied.h"

#endif

/// The n elements from element i on, as float32; zeros after them.
WEFT_INLINE floats load(const void *x, size_t i, size_t n, weft_element element) {
  const void *start = at(x, i, element);
  return element == WEFT_ELEMENT_BF16 ? widened(load_halves(start, n)) : load_floats(start, n);
}

/// Writes n elements from element i on.
WEFT_INLINE void store(void *target, size_t i, size_t n, floats x, weft_element element) {
  void *start = to(target, i, element);
  if (element == WEFT_ELEMENT_BF16) {
    store_halves(start, n, narrowed(x));
  } else {
    store_floats(start, n, x);
  }
}

/// Adds the first n lanes to numbers in memory.
WEFT_INLINE void add_doubles(double *target, size_t n, const doubles *x) {
  if (n == WEFT_LANES) {
    doubles sum;
    memcpy(&sum, target, sizeof sum);
    sum += *x;
    memcpy(target, &sum, sizeof sum);
  } else {
    for (size_t k = 0; k < n; k++) target[k] += (*x)[k];
  }
}

WEFT_INLINE void store_bytes(int8_t *target, size_t n, bytes x) {
  if (n == WEFT_LANES) {
    memcpy(target, &x, WEFT_LANES);
  } else {
    memcpy(target, &x, n);
  }
}

#if WEFT_LANES == 1

WEFT_INLINE double sum_of(const doubles *x) { return (*x)[0]; }

WEFT_INLINE float largest_of(floats x) { return x[0]; }

#else

WEFT_INLINE double sum_of(const doubles *x) {
  double lanes[WEFT_LANES];
  memcpy(lanes, x, sizeof lanes);
  for (size_t half = WEFT_LANES / 2; half; half /= 2) {
    for (size_t k = 0; k < half; k++) lanes[k] += lanes[k + half];
  }
  return lanes[0];
}

WEFT_INLINE float largest_of(floats x) {
  float largest = x[0];
  for (size_t k = 1; k < WEFT_LANES; k++) largest = x[k] > largest ? x[k] : largest;
  return largest;
}

#endif

/// The number of each lane.
WEFT_INLINE words places(void) {
  words result;
  for (uint32_t k = 0; k < WEFT_LANES; k++) result[k] = k;
  return result;
}

/// The first n lanes, and another value after them.
WEFT_INLINE floats first_of(floats x, size_t n, float other) {
  return n == WEFT_LANES ? x : places() < (uint32_t)n ? x : (floats)other;
}
