// The product of two float64 matrices: the definition's own operations, several elements at a time.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2.h"
#include "avx2_table.h"

#pragma STDC FP_CONTRACT OFF

/// The rows of a tile: with two vectors of columns, twelve sums stay in registers.
#define ROWS 6
/// The columns of a tile.
#define COLUMNS 8

/// The operands of a product and their sizes.
typedef struct product {
  const double *a, *b;
  double *target;
  size_t inner, columns;
} product;

/// A tile of COLUMNS columns; the count of rows is a constant.
WEFT_INLINE void multiply_tile(const product *p, int rows, size_t row, size_t column) {
  __m256d sum[ROWS][2] = {0};
  const double *a = p->a + row * p->inner;
  for (size_t k = 0; k < p->inner; k++) {
    const double *b = p->b + k * p->columns + column;
    __m256d left = _mm256_loadu_pd(b), right = _mm256_loadu_pd(b + 4);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      __m256d factor = _mm256_broadcast_sd(a + (size_t)r * p->inner + k);
      sum[r][0] = _mm256_fmadd_pd(factor, left, sum[r][0]);
      sum[r][1] = _mm256_fmadd_pd(factor, right, sum[r][1]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    double *target = p->target + (row + (size_t)r) * p->columns + column;
    _mm256_storeu_pd(target, sum[r][0]);
    _mm256_storeu_pd(target + 4, sum[r][1]);
  }
}

/// The columns behind the last whole tile.
static void multiply_rest(const product *p, size_t rows, size_t column) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = column; c < p->columns; c++) {
      double sum = 0;
      for (size_t k = 0; k < p->inner; k++) {
        sum = __builtin_fma(p->a[r * p->inner + k], p->b[k * p->columns + c], sum);
      }
      p->target[r * p->columns + c] = sum;
    }
  }
}

/// A tile of a count of rows that the compiler does not know.
static void multiply_rows(const product *p, size_t rows, size_t row, size_t column) {
  switch (rows) {
    case 6: return multiply_tile(p, 6, row, column);
    case 5: return multiply_tile(p, 5, row, column);
    case 4: return multiply_tile(p, 4, row, column);
    case 3: return multiply_tile(p, 3, row, column);
    case 2: return multiply_tile(p, 2, row, column);
    default: return multiply_tile(p, 1, row, column);
  }
}

void weft_avx2_product(
    const double *a, const double *b, double *target, size_t rows, size_t inner, size_t columns) {
  product p = {a, b, target, inner, columns};
  size_t column = 0;
  for (; column + COLUMNS <= columns; column += COLUMNS) {
    // Tiles of nearly equal heights: small ones wait for memory.
    size_t tiles = (rows + ROWS - 1) / ROWS;
    for (size_t row = 0; tiles > 0; tiles--) {
      size_t height = (rows - row + tiles - 1) / tiles;
      multiply_rows(&p, height, row, column);
      row += height;
    }
  }
  multiply_rest(&p, rows, column);
}

#pragma clang attribute pop
#endif
