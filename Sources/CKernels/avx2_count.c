#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"
#include "scalar.h"

/// The loads that fit before the 16-bit lanes' counts overflow.
#define WEFT_LOADS 32768

WEFT_INLINE __m256i compare(__m256i bits, weft_float type) {
  __m256i mask;
  switch (type) {
    case WEFT_F16:
    case WEFT_BF16:
      mask = _mm256_set1_epi16(type == WEFT_F16 ? 0x7C00 : 0x7F80);
      return _mm256_cmpeq_epi16(_mm256_and_si256(bits, mask), mask);
    case WEFT_F32:
      mask = _mm256_set1_epi32(0x7F800000);
      return _mm256_cmpeq_epi32(_mm256_and_si256(bits, mask), mask);
    case WEFT_F64:
      mask = _mm256_set1_epi64x(0x7FF0000000000000);
      return _mm256_cmpeq_epi64(_mm256_and_si256(bits, mask), mask);
  }
  return _mm256_setzero_si256();
}

/// The sum of 16-bit counts that are stored as minus the count.
static uint64_t total16(__m256i minus) {
  uint16_t lanes[16];
  _mm256_storeu_si256((__m256i *)lanes, minus);
  uint64_t total = 0;
  for (int i = 0; i < 16; i++) total += (uint16_t)-lanes[i];
  return total;
}

/// Every mask is added up in 16-bit lanes; those of wider types count each value 2 or 4 times.
WEFT_INLINE uint64_t count_blocks(const char *bytes, size_t loads, weft_float type) {
  uint64_t total = 0;
  for (size_t i = 0; i < loads;) {
    size_t end = loads - i < WEFT_LOADS ? loads : i + WEFT_LOADS;
    __m256i even = _mm256_setzero_si256(), odd = even;
    for (; i + 1 < end; i += 2) {
      __m256i a = _mm256_loadu_si256((const __m256i *)(bytes + 32 * i));
      __m256i b = _mm256_loadu_si256((const __m256i *)(bytes + 32 * i + 32));
      even = _mm256_add_epi16(even, compare(a, type));
      odd = _mm256_add_epi16(odd, compare(b, type));
    }
    for (; i < end; i++) {
      __m256i a = _mm256_loadu_si256((const __m256i *)(bytes + 32 * i));
      even = _mm256_add_epi16(even, compare(a, type));
    }
    total += total16(even) + total16(odd);
  }
  return total / (weft_width(type) / 2);
}

uint64_t weft_avx2_count_nonfinite(const void *values, weft_float type, size_t count) {
  size_t width = weft_width(type);
  size_t loads = count * width / 32;
  uint64_t total = 0;
  switch (type) {
    case WEFT_F16: total = count_blocks(values, loads, WEFT_F16); break;
    case WEFT_BF16: total = count_blocks(values, loads, WEFT_BF16); break;
    case WEFT_F32: total = count_blocks(values, loads, WEFT_F32); break;
    case WEFT_F64: total = count_blocks(values, loads, WEFT_F64); break;
  }
  size_t done = loads * 32 / width;
  return total + weft_scalar_count_nonfinite(weft_at(values, type, done), type, count - done);
}

#pragma clang attribute pop
#endif
