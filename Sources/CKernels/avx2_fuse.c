// The low-rank update in float32, with the bound of bounds.h and the definition where it is not
// enough.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2_settle.h"
#include "avx2_table.h"
#include "bounds.h"

#pragma STDC FP_CONTRACT OFF

/// The rows of a tile: with two vectors of columns, twelve sums stay in registers.
#define ROWS 6
/// The bytes of the down factor that stay in the first-level cache while rows pass by.
#define CACHED_BYTES (24 * 1024)

typedef float tile_sums[ROWS][WEFT_PANEL];

/// sums = up[rows] * panel for terms first ..< last, in blocks of WEFT_BLOCK; the count of rows is a constant.
WEFT_INLINE void sum_group(
    int rows, const float *up, const float *panel, size_t rank, size_t first, size_t last,
    tile_sums sums) {
  for (size_t start = first; start < last; start += WEFT_BLOCK) {
    size_t end = last - start < WEFT_BLOCK ? last : start + WEFT_BLOCK;
    __m256 sum[ROWS][2] = {0};
    for (size_t k = start; k < end; k++) {
      __m256 left = _mm256_loadu_ps(panel + k * WEFT_PANEL);
      __m256 right = _mm256_loadu_ps(panel + k * WEFT_PANEL + 8);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        __m256 factor = _mm256_broadcast_ss(up + (size_t)r * rank + k);
        sum[r][0] = _mm256_fmadd_ps(factor, left, sum[r][0]);
        sum[r][1] = _mm256_fmadd_ps(factor, right, sum[r][1]);
      }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      if (start > first) {
        sum[r][0] = _mm256_add_ps(_mm256_loadu_ps(sums[r]), sum[r][0]);
        sum[r][1] = _mm256_add_ps(_mm256_loadu_ps(sums[r] + 8), sum[r][1]);
      }
      _mm256_storeu_ps(sums[r], sum[r][0]);
      _mm256_storeu_ps(sums[r] + 8, sum[r][1]);
    }
  }
}

/// sums = up[rows] * panel, group by group.
WEFT_INLINE void sum_rows(
    int rows, const float *up, const float *panel, size_t rank, tile_sums sums) {
  const size_t step = WEFT_BLOCK * WEFT_GROUP;
  sum_group(rows, up, panel, rank, 0, rank < step ? rank : step, sums);
  for (size_t first = step; first < rank; first += step) {
    tile_sums part;
    sum_group(rows, up, panel, rank, first, rank - first < step ? rank : first + step, part);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      for (int half = 0; half < WEFT_PANEL; half += 8) {
        __m256 total = _mm256_add_ps(
          _mm256_loadu_ps(sums[r] + half), _mm256_loadu_ps(part[r] + half));
        _mm256_storeu_ps(sums[r] + half, total);
      }
    }
  }
}

static void sum_tile(
    size_t rows, const float *up, const float *panel, size_t rank, tile_sums sums) {
  switch (rows) {
    case 1: sum_rows(1, up, panel, rank, sums); break;
    case 2: sum_rows(2, up, panel, rank, sums); break;
    case 3: sum_rows(3, up, panel, rank, sums); break;
    case 4: sum_rows(4, up, panel, rank, sums); break;
    case 5: sum_rows(5, up, panel, rank, sums); break;
    default: sum_rows(6, up, panel, rank, sums); break;
  }
}

/// Magnitudes of float32, as bits, between which rounding gives neither zero nor infinity.
typedef struct range { int least, greatest; } range;

WEFT_INLINE range range_of(weft_float from, weft_float to) {
  if (to == WEFT_F16) return (range){0x33000001, 0x477FE000};  // above 2^-25, 65504
  // A float64 below 2^-100 may lose more than its last bits as a float32.
  if (from == WEFT_F64) return (range){0x0D800000, 0x7F7F0000};
  return (range){0x00008001, 0x7F7F0000};  // above 2^-134, the greatest bf16
}

/// Eight values of the base, rounded to float32.
WEFT_INLINE __m256 load8_base(const void *base, weft_float from, size_t index) {
  return from == WEFT_F64 ? weft_join8(weft_load8_wide(base, from, index))
                          : weft_load8(base, from, index);
}

/// Eight candidates: rounded bits, and which lanes need a second look.
typedef struct guess { __m128i bits; int out_of_range; __m128i equal; } guess;

WEFT_INLINE guess guess8(
    const void *base, weft_float from, size_t index, const float *sums, float row_bound,
    const float *column_bound, weft_float to) {
  const __m256i magnitude = _mm256_set1_epi32(0x7FFFFFFF);
  __m256 before = load8_base(base, from, index);
  __m256 x = _mm256_add_ps(before, _mm256_loadu_ps(sums));
  __m256 size = _mm256_and_ps(x, _mm256_castsi256_ps(magnitude));
  __m256 product = _mm256_mul_ps(_mm256_set1_ps(row_bound), _mm256_loadu_ps(column_bound));
  __m256 error = _mm256_fmadd_ps(size, _mm256_set1_ps((float)(3 * WEFT_UNIT)), product);
  if (from == WEFT_F64) {
    __m256 rounded = _mm256_and_ps(before, _mm256_castsi256_ps(magnitude));
    error = _mm256_fmadd_ps(rounded, _mm256_set1_ps((float)(2 * WEFT_UNIT)), error);
  }
  __m256 low = _mm256_sub_ps(x, error), high = _mm256_add_ps(x, error);
  range ends = range_of(from, to);
  __m256i below = _mm256_cmpgt_epi32(_mm256_set1_epi32(ends.least), _mm256_castps_si256(size));
  __m256i above = _mm256_cmpgt_epi32(_mm256_castps_si256(size), _mm256_set1_epi32(ends.greatest));
  guess result;
  result.out_of_range = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_or_si256(below, above)));
  __m128i other;
  if (to == WEFT_F16) {
    result.bits = _mm256_cvtps_ph(low, _MM_FROUND_TO_NEAREST_INT);
    other = _mm256_cvtps_ph(high, _MM_FROUND_TO_NEAREST_INT);
  } else {
    result.bits = weft_narrow8(weft_round8_bf16(low));
    other = weft_narrow8(weft_round8_bf16(high));
  }
  result.equal = _mm_cmpeq_epi16(result.bits, other);
  return result;
}

/// Notes the flagged lanes of a row of a panel; lane 0 would be written to `index`.
static __attribute__((noinline)) void note(
    job *job, weft_float from, size_t row, size_t column, const void *base, size_t index,
    unsigned flagged) {
  for (; flagged != 0; flagged &= flagged - 1) {
    size_t lane = (size_t)__builtin_ctz(flagged);
    job->pending[job->pending_count++] =
      (pending){row, column + lane, index + lane, weft_load(base, from, lane)};
  }
}

/// Finishes sixteen elements: rounds those that the bound settles, and notes the others.
///
/// `valid` has a bit for each lane of the region; lane 0 belongs to `index` of the target.
WEFT_INLINE void finish16(
    job *job, weft_float from, weft_float to, size_t row, size_t column, const void *base,
    const float *sums, unsigned valid, size_t index, uint16_t *into) {
  float row_bound = job->operand->row_bound[row];
  const float *column_bound = job->operand->column_bound + column;
  guess a = guess8(base, from, 0, sums, row_bound, column_bound, to);
  guess b = guess8(base, from, 8, sums + 8, row_bound, column_bound + 8, to);
  unsigned equal = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(a.equal, b.equal));
  unsigned odd = (unsigned)a.out_of_range | (unsigned)b.out_of_range << 8;
  unsigned flagged = ((~equal & 0xFFFF) | odd) & valid;
  if (__builtin_expect(flagged != 0, 0)) {
    note(job, from, row, column, base, index, flagged);
  }
  _mm_storeu_si128((__m128i *)into, a.bits);
  _mm_storeu_si128((__m128i *)(into + 8), b.bits);
}

/// As finish16 for a panel of which the region has `count` columns from lane `first` on.
static __attribute__((noinline)) void finish_part(
    job *job, weft_float from, weft_float to, size_t row, size_t column, size_t index,
    const float *sums, size_t first, size_t count) {
  char base[WEFT_PANEL * sizeof(double)] = {0};
  uint16_t bits[WEFT_PANEL];
  size_t width = weft_width(from);
  memcpy(base + first * width, weft_at(job->base, from, index), count * width);
  unsigned valid = ((1u << count) - 1) << first;
  finish16(job, from, to, row, column, base, sums, valid, index - first, bits);
  memcpy((uint16_t *)job->target + index, bits + first, count * sizeof bits[0]);
}

WEFT_INLINE void fuse_tile(
    job *job, weft_float from, weft_float to, size_t row, size_t rows, size_t panel) {
  const weft_low_rank *operand = job->operand;
  weft_region region = job->region;
  tile_sums sums;
  if (operand->rank == 0) memset(sums, 0, sizeof sums);
  size_t panel_size = operand->rank * WEFT_PANEL;
  const float *up = operand->up32 + row * operand->rank;
  const float *down = operand->down32 + panel * panel_size;
  if (rows == ROWS) {
    sum_rows(ROWS, up, down, operand->rank, sums);
  } else {
    sum_tile(rows, up, down, operand->rank, sums);
  }
  if (job->pending_count > PENDING - ROWS * WEFT_PANEL) settle(job, to);
  size_t column = panel * WEFT_PANEL;
  size_t begin = column < region.column ? region.column : column;
  size_t last = region.column + region.column_count;
  size_t end = column + WEFT_PANEL < last ? column + WEFT_PANEL : last;
  for (size_t r = 0; r < rows; r++) {
    size_t index = (row + r - region.row) * region.column_count + begin - region.column;
    if (end - begin == WEFT_PANEL) {
      finish16(
        job, from, to, row + r, column, weft_at(job->base, from, index), sums[r], 0xFFFF,
        index, (uint16_t *)job->target + index);
    } else {
      finish_part(
        job, from, to, row + r, column, index, sums[r], begin - column, end - begin);
    }
  }
}

/// Goes through a region: some panels of columns that fit the cache, all rows, the next panels.
WEFT_INLINE void fuse_region(job *job, weft_float from, weft_float to) {
  weft_region region = job->region;
  size_t first = region.column / WEFT_PANEL;
  size_t end = (region.column + region.column_count + WEFT_PANEL - 1) / WEFT_PANEL;
  size_t step = CACHED_BYTES / (WEFT_PANEL * sizeof(float) * (job->operand->rank + 1)) + 1;
  size_t end_row = region.row + region.row_count;
  for (size_t start = first; start < end; start += step) {
    size_t stop = end - start < step ? end : start + step;
    for (size_t row = region.row; row < end_row; row += ROWS) {
      size_t rows = end_row - row < ROWS ? end_row - row : ROWS;
      for (size_t panel = start; panel < stop; panel++) {
        fuse_tile(job, from, to, row, rows, panel);
      }
    }
  }
}

#define WEFT_CASE(from, to) case (from) * 4 + (to): fuse_region(&job, from, to); break;

uint64_t weft_avx2_fuse(
    const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
    void *target, weft_float to, weft_tally *tally) {
  bool fits = to == WEFT_F16 || to == WEFT_BF16;
  if (operand->up32 == NULL || !fits) {
    return weft_avx2_fuse_wide(operand, region, base, from, target, to, tally);
  }
  if (region.row_count == 0 || region.column_count == 0) return 0;
  job job;
  job.operand = operand;
  job.region = region;
  job.base = base;
  job.target = target;
  job.tally = tally;
  job.recomputed = job.pending_count = 0;
  switch (from * 4 + to) {
    WEFT_CASE(WEFT_F16, WEFT_F16)
    WEFT_CASE(WEFT_F16, WEFT_BF16)
    WEFT_CASE(WEFT_BF16, WEFT_F16)
    WEFT_CASE(WEFT_BF16, WEFT_BF16)
    WEFT_CASE(WEFT_F32, WEFT_F16)
    WEFT_CASE(WEFT_F32, WEFT_BF16)
    WEFT_CASE(WEFT_F64, WEFT_F16)
    WEFT_CASE(WEFT_F64, WEFT_BF16)
  }
  settle(&job, to);
  return job.recomputed;
}

#pragma clang attribute pop
#endif
