#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

/// The magnitudes of float32 values, as bits, at which a 16-bit format ends.
typedef struct limits {
  int overflow;   // from here on infinite
  int underflow;  // up to here zero
} limits;

WEFT_INLINE limits limits_of(weft_float type) {
  if (type == WEFT_F16) return (limits){0x477FF000, 0x33000000};  // 65520, 2^-25
  return (limits){0x7F7F8000, 0x00008000};  // halfway from the greatest bf16 to 2^128, 2^-134
}

/// Counts of lanes, as sums of masks: each lane holds minus the count.
typedef struct lane_counts { __m256i nonfinite, huge, small, zero; } lane_counts;

WEFT_INLINE void count8(lane_counts *counts, __m256 x, weft_float to) {
  __m256i bits = _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7FFFFFFF));
  __m256i nonfinite = _mm256_cmpgt_epi32(bits, _mm256_set1_epi32(0x7F7FFFFF));
  counts->nonfinite = _mm256_add_epi32(counts->nonfinite, nonfinite);
  if (to == WEFT_F32 || to == WEFT_F64) return;
  limits ends = limits_of(to);
  __m256i huge = _mm256_cmpgt_epi32(bits, _mm256_set1_epi32(ends.overflow - 1));
  __m256i small = _mm256_cmpgt_epi32(_mm256_set1_epi32(ends.underflow + 1), bits);
  __m256i zero = _mm256_cmpeq_epi32(bits, _mm256_setzero_si256());
  counts->huge = _mm256_add_epi32(counts->huge, huge);
  counts->small = _mm256_add_epi32(counts->small, small);
  counts->zero = _mm256_add_epi32(counts->zero, zero);
}

static uint64_t lanes_total(__m256i minus) {
  int32_t lanes[8];
  _mm256_storeu_si256((__m256i *)lanes, minus);
  uint64_t total = 0;
  for (int i = 0; i < 8; i++) total += (uint64_t)-(int64_t)lanes[i];
  return total;
}

static void add_counts(weft_tally *tally, const lane_counts *counts, bool narrows) {
  uint64_t nonfinite = lanes_total(counts->nonfinite);
  tally->nonfinite_inputs += nonfinite;
  if (!narrows) return;
  tally->overflowed += lanes_total(counts->huge) - nonfinite;
  tally->underflowed += lanes_total(counts->small) - lanes_total(counts->zero);
}

/// From f16, bf16 or f32; `count` is a multiple of eight and less than 2^31.
WEFT_INLINE void convert_narrow(
    const void *source, weft_float from, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  lane_counts counts = {0};
  for (size_t i = 0; i < count; i += 8) {
    __m256 x = weft_load8(source, from, i);
    count8(&counts, x, to);
    if (from == WEFT_BF16 && to == WEFT_F32) x = weft_quiet8(x);
    if (to == WEFT_F64) {
      weft_store8_wide(target, to, i, weft_load8_wide(source, from, i));
    } else {
      weft_store8(target, to, i, x);
    }
  }
  add_counts(tally, &counts, to == WEFT_F16 || to == WEFT_BF16);
}

/// From f64; groups with a value near the ends of the format go to the definition.
WEFT_INLINE void convert_wide(
    const void *source, void *target, weft_float to, size_t count, weft_tally *tally) {
  weft_safe_range safe = weft_safe(to);
  for (size_t i = 0; i < count; i += 8) {
    weft_wide8 x = weft_load8_wide(source, WEFT_F64, i);
    if (__builtin_expect(weft_all_within(x, safe.least, safe.greatest), 1)) {
      weft_store8_wide(target, to, i, x);
    } else {
      weft_scalar_convert(
        weft_at(source, WEFT_F64, i), WEFT_F64, weft_at_mutable(target, to, i), to, 8, tally);
    }
  }
}

#define WEFT_PAIR(from, to) ((from) * 4 + (to))
#define WEFT_CASE(from, to) \
  case WEFT_PAIR(from, to): convert_narrow(source, from, target, to, count, tally); break;

static void convert_groups(
    const void *source, weft_float from, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  switch (WEFT_PAIR(from, to)) {
    WEFT_CASE(WEFT_F16, WEFT_BF16)
    WEFT_CASE(WEFT_F16, WEFT_F32)
    WEFT_CASE(WEFT_F16, WEFT_F64)
    WEFT_CASE(WEFT_BF16, WEFT_F16)
    WEFT_CASE(WEFT_BF16, WEFT_F32)
    WEFT_CASE(WEFT_BF16, WEFT_F64)
    WEFT_CASE(WEFT_F32, WEFT_F16)
    WEFT_CASE(WEFT_F32, WEFT_BF16)
    WEFT_CASE(WEFT_F32, WEFT_F64)
    case WEFT_PAIR(WEFT_F64, WEFT_F16): convert_wide(source, target, to, count, tally); break;
    case WEFT_PAIR(WEFT_F64, WEFT_BF16): convert_wide(source, target, to, count, tally); break;
    case WEFT_PAIR(WEFT_F64, WEFT_F32): convert_wide(source, target, to, count, tally); break;
  }
}

void weft_avx2_convert(
    const void *source, weft_float from, void *target, weft_float to, size_t count,
    weft_tally *tally) {
  if (from == to) {
    memmove(target, source, count * weft_width(from));
    tally->nonfinite_inputs += weft_avx2_count_nonfinite(source, from, count);
    return;
  }
  const size_t most = (size_t)1 << 30;  // so that the lanes' counts do not overflow
  for (size_t i = 0; i < count;) {
    size_t left = count - i < most ? count - i : most;
    size_t part = left < 8 ? left : left & ~(size_t)7;
    const void *start = weft_at(source, from, i);
    void *into = weft_at_mutable(target, to, i);
    if (part < 8) {
      weft_scalar_convert(start, from, into, to, part, tally);
    } else {
      convert_groups(start, from, into, to, part, tally);
    }
    i += part;
  }
}

#pragma clang attribute pop
#endif
