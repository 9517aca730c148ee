// Loops over float64 for structured matrices: Kronecker products, skew-symmetric blocks, small inverses.
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

void weft_kronecker(const weft_kronecker_part *part, double *target) {
  size_t width = part->last_column - part->first_column;
  for (size_t r = part->first_row; r < part->last_row; r++) {
    const double *left = part->left + r / part->right_rows * part->left_columns;
    const double *right = part->right + r % part->right_rows * part->right_columns;
    double *row = target + (r - part->first_row) * width;
    size_t column = part->first_column;
    while (column < part->last_column) {
      size_t block = column / part->right_columns, start = column % part->right_columns;
      size_t count = part->right_columns - start;
      if (count > part->last_column - column) count = part->last_column - column;
      double factor = left[block];
      for (size_t c = 0; c < count; c++) row[c] = factor * right[start + c];
      row += count;
      column += count;
    }
  }
}

void weft_butterfly(const weft_kernels *table, const weft_butterfly_stage *stage, double *scratch) {
  size_t size = stage->size, columns = stage->columns, distance = stage->distance;
  size_t half = size / 2 * columns;
  for (size_t g = 0; g < stage->groups; g++) {
    size_t position = g * size;
    size_t first = position / (2 * distance) * (2 * distance) + position % (2 * distance) / 2;
    double *lower = stage->values + first * columns, *upper = lower + distance * columns;
    const double *block = stage->blocks + g * size * size;
    memcpy(scratch, lower, half * sizeof(double));
    memcpy(scratch + half, upper, half * sizeof(double));
    table->product(block, scratch, lower, size / 2, size, columns);
    table->product(block + size / 2 * size, scratch, upper, size / 2, size, columns);
  }
}

void weft_copy_rectangle(
    const double *source, size_t source_stride, double *target, size_t target_stride, size_t rows,
    size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(target + r * target_stride, source + r * source_stride, columns * sizeof(double));
  }
}

void weft_skew(const double *block, size_t size, double *target) {
  for (size_t r = 0; r < size; r++) {
    for (size_t c = 0; c < size; c++) {
      target[r * size + c] = block[r * size + c] - block[c * size + r];
    }
  }
}

void weft_add_diagonal(double *matrix, size_t size, double value) {
  for (size_t i = 0; i < size; i++) matrix[i * size + i] += value;
}

/// row -= factor * other
static void subtract(double *row, const double *other, double factor, size_t size) {
  for (size_t c = 0; c < size; c++) row[c] -= factor * other[c];
}

static void swap_rows(double *matrix, size_t size, size_t one, size_t other) {
  if (one == other) return;
  for (size_t c = 0; c < size; c++) {
    double value = matrix[one * size + c];
    matrix[one * size + c] = matrix[other * size + c];
    matrix[other * size + c] = value;
  }
}

static size_t pivot_row(const double *matrix, size_t size, size_t column) {
  size_t best = column;
  for (size_t r = column + 1; r < size; r++) {
    if (fabs(matrix[r * size + column]) > fabs(matrix[best * size + column])) best = r;
  }
  return best;
}

bool weft_invert(double *matrix, size_t size, double *inverse) {
  for (size_t i = 0; i < size * size; i++) inverse[i] = 0;
  weft_add_diagonal(inverse, size, 1);
  for (size_t k = 0; k < size; k++) {
    size_t pivot = pivot_row(matrix, size, k);
    if (matrix[pivot * size + k] == 0) return false;
    swap_rows(matrix, size, k, pivot);
    swap_rows(inverse, size, k, pivot);
    double divisor = matrix[k * size + k];
    for (size_t c = 0; c < size; c++) matrix[k * size + c] /= divisor;
    for (size_t c = 0; c < size; c++) inverse[k * size + c] /= divisor;
    for (size_t r = 0; r < size; r++) {
      double factor = matrix[r * size + k];
      if (r == k || factor == 0) continue;
      subtract(matrix + r * size, matrix + k * size, factor, size);
      subtract(inverse + r * size, inverse + k * size, factor, size);
    }
  }
  return true;
}
