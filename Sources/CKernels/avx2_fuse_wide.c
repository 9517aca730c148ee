// The low-rank update in float64: the definition's own operations, several elements at a time.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"
#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

/// The rows of a tile: with two vectors of columns, twelve sums stay in registers.
#define ROWS 6
/// The columns of a tile, half a panel.
#define COLUMNS 8

typedef double tile_sums[ROWS][COLUMNS];

/// Four values of the down factor as float64.
WEFT_INLINE __m256d load4(const weft_low_rank *operand, size_t index) {
  if (operand->down32 == NULL) return _mm256_loadu_pd(operand->down64 + index);
  return _mm256_cvtps_pd(_mm_loadu_ps(operand->down32 + index));
}

/// sums = up[row ..< row + rows] * half a panel; the count of rows is a constant.
WEFT_INLINE void sum_rows(
    const weft_low_rank *operand, int rows, size_t row, size_t start, tile_sums sums) {
  const double *up = operand->up + row * operand->rank;
  memset(sums, 0, (size_t)rows * sizeof sums[0]);
  for (size_t term = 0, k = 0; term < operand->term_count; term++) {
    __m256d sum[ROWS][2] = {0};
    for (; k < operand->term_ends[term]; k++) {
      __m256d left = load4(operand, start + k * WEFT_PANEL);
      __m256d right = load4(operand, start + k * WEFT_PANEL + 4);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        __m256d factor = _mm256_broadcast_sd(up + (size_t)r * operand->rank + k);
        sum[r][0] = _mm256_fmadd_pd(factor, left, sum[r][0]);
        sum[r][1] = _mm256_fmadd_pd(factor, right, sum[r][1]);
      }
    }
    __m256d scale = _mm256_set1_pd(operand->scales[term]);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      __m256d left = _mm256_mul_pd(scale, sum[r][0]), right = _mm256_mul_pd(scale, sum[r][1]);
      _mm256_storeu_pd(sums[r], _mm256_add_pd(_mm256_loadu_pd(sums[r]), left));
      _mm256_storeu_pd(sums[r] + 4, _mm256_add_pd(_mm256_loadu_pd(sums[r] + 4), right));
    }
  }
}

static void sum_tile(
    const weft_low_rank *operand, size_t rows, size_t row, size_t start, tile_sums sums) {
  switch (rows) {
    case 6: sum_rows(operand, 6, row, start, sums); break;
    case 5: sum_rows(operand, 5, row, start, sums); break;
    case 4: sum_rows(operand, 4, row, start, sums); break;
    default:
      for (size_t r = 0; r < rows; r++) sum_rows(operand, 1, row + r, start, sums + r);
  }
}

/// Adds `count` sums to the base at `index` and rounds.
static void finish(
    const double *sums, size_t count, const void *base, weft_float from, void *target,
    weft_float to, size_t index, weft_tally *tally) {
  if (count == COLUMNS) {
    weft_wide8 x = weft_load8_wide(base, from, index);
    x.low = _mm256_add_pd(x.low, _mm256_loadu_pd(sums));
    x.high = _mm256_add_pd(x.high, _mm256_loadu_pd(sums + 4));
    weft_safe_range safe = weft_safe(to);
    if (__builtin_expect(weft_all_within(x, safe.least, safe.greatest), 1)) {
      weft_store8_wide(target, to, index, x);
      return;
    }
  }
  for (size_t i = 0; i < count; i++) {
    double before = weft_load(base, from, index + i);
    weft_finish(target, to, index + i, weft_is_finite(before), before + sums[i], tally);
  }
}

uint64_t weft_avx2_fuse_wide(
    const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
    void *target, weft_float to, weft_tally *tally) {
  size_t last = region.column + region.column_count, end_row = region.row + region.row_count;
  for (size_t column = region.column & ~(size_t)(COLUMNS - 1); column < last; column += COLUMNS) {
    size_t begin = column < region.column ? region.column : column;
    size_t end = last - column < COLUMNS ? last : column + COLUMNS;
    size_t start = (column / WEFT_PANEL * operand->rank) * WEFT_PANEL + column % WEFT_PANEL;
    for (size_t row = region.row; row < end_row; row += ROWS) {
      tile_sums sums;
      size_t rows = end_row - row < ROWS ? end_row - row : ROWS;
      sum_tile(operand, rows, row, start, sums);
      for (size_t r = 0; r < rows; r++) {
        size_t index = (row + r - region.row) * region.column_count + begin - region.column;
        finish(
          sums[r] + (begin - column), end - begin, base, from, target, to, index, tally);
      }
    }
  }
  return 0;
}

#pragma clang attribute pop
#endif
