// The elements of a low-rank update that float32 leaves open, computed by the definition.
//
// They are collected and settled side by side. Include only where the target has AVX2, FMA and F16C.
#ifndef WEFT_AVX2_SETTLE_H
#define WEFT_AVX2_SETTLE_H

#include "avx2.h"

#pragma STDC FP_CONTRACT OFF

/// An element that the bound does not settle.
typedef struct pending {
  size_t row, column;
  size_t index;  // in the target
  double base;   // kept, as the target may be the base
} pending;

#define PENDING 128
/// The elements settled side by side, so that one does not wait for another's additions.
#define CHAINS 8

/// A region, its memory, and what is counted on the way.
typedef struct job {
  const weft_low_rank *operand;
  weft_region region;
  const void *base;
  void *target;
  weft_tally *tally;
  uint64_t recomputed;
  size_t pending_count;
  pending pending[PENDING + CHAINS];
} job;

/// Where the factors of CHAINS elements are.
typedef struct chains {
  const double *up[CHAINS];
  const float *down[CHAINS];
} chains;

WEFT_INLINE __m256d up4(const double *const *up, size_t k) {
  return _mm256_set_pd(up[3][k], up[2][k], up[1][k], up[0][k]);
}

WEFT_INLINE __m256d down4(const float *const *down, size_t k) {
  return _mm256_cvtps_pd(_mm_set_ps(down[3][k], down[2][k], down[1][k], down[0][k]));
}

/// The definition's sums for CHAINS elements.
WEFT_INLINE weft_wide8 sum_chains(const weft_low_rank *operand, const pending *some) {
  chains at;
  for (int c = 0; c < CHAINS; c++) {
    size_t panel = some[c].column / WEFT_PANEL, lane = some[c].column % WEFT_PANEL;
    at.up[c] = operand->up + some[c].row * operand->rank;
    at.down[c] = operand->down32 + panel * operand->rank * WEFT_PANEL + lane;
  }
  weft_wide8 total = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  for (size_t term = 0, k = 0; term < operand->term_count; term++) {
    weft_wide8 sum = {_mm256_setzero_pd(), _mm256_setzero_pd()};
    for (; k < operand->term_ends[term]; k++) {
      __m256d low = down4(at.down, k * WEFT_PANEL), high = down4(at.down + 4, k * WEFT_PANEL);
      sum.low = _mm256_fmadd_pd(up4(at.up, k), low, sum.low);
      sum.high = _mm256_fmadd_pd(up4(at.up + 4, k), high, sum.high);
    }
    __m256d scale = _mm256_set1_pd(operand->scales[term]);
    total.low = _mm256_add_pd(total.low, _mm256_mul_pd(scale, sum.low));
    total.high = _mm256_add_pd(total.high, _mm256_mul_pd(scale, sum.high));
  }
  return total;
}

/// Rounds CHAINS sums and writes the first `count` of them.
WEFT_INLINE void write_chains(
    job *job, weft_float to, const pending *some, size_t count, weft_wide8 sum) {
  double before[CHAINS];
  for (int c = 0; c < CHAINS; c++) before[c] = some[c].base;
  weft_wide8 value = weft_load8_wide(before, WEFT_F64, 0);
  value.low = _mm256_add_pd(value.low, sum.low);
  value.high = _mm256_add_pd(value.high, sum.high);
  weft_safe_range safe = weft_safe(to);
  if (weft_all_within(value, safe.least, safe.greatest)) {
    uint16_t bits[CHAINS];
    weft_store8_wide(bits, to, 0, value);
    for (size_t c = 0; c < count; c++) ((uint16_t *)job->target)[some[c].index] = bits[c];
    return;
  }
  double values[CHAINS];
  weft_store8_wide(values, WEFT_F64, 0, value);
  for (size_t c = 0; c < count; c++) {
    bool is_finite = weft_is_finite(before[c]);
    weft_finish(job->target, to, some[c].index, is_finite, values[c], job->tally);
  }
}

/// Computes the pending elements by the definition and writes them over their guesses.
static __attribute__((noinline)) void settle(job *job, weft_float to) {
  size_t count = job->pending_count;
  for (size_t i = count; i < count + CHAINS && count > 0; i++) {
    job->pending[i] = job->pending[count - 1];
  }
  for (size_t i = 0; i < count; i += CHAINS) {
    const pending *some = job->pending + i;
    size_t valid = count - i < CHAINS ? count - i : CHAINS;
    write_chains(job, to, some, valid, sum_chains(job->operand, some));
  }
  job->recomputed += count;
  job->pending_count = 0;
}

#endif
