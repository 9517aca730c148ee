// Plain loops over float64: element by element, or sums in the order of the elements.
#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

void weft_multiply(
    const double *a, const double *b, double scale, double *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = scale * (a[i] * b[i]);
}

void weft_scale_rows(double *values, size_t rows, size_t columns, const double *factors) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) values[r * columns + c] *= factors[r];
  }
}

void weft_scale_columns(
    double *values, size_t rows, size_t columns, size_t first_column, size_t group,
    const double *factors) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      values[r * columns + c] *= factors[(first_column + c) / group];
    }
  }
}

void weft_add_row_squares(const double *values, size_t rows, size_t columns, double *sums) {
  for (size_t r = 0; r < rows; r++) {
    double sum = sums[r];
    for (size_t c = 0; c < columns; c++) sum += values[r * columns + c] * values[r * columns + c];
    sums[r] = sum;
  }
}

void weft_add_column_squares(
    const double *values, size_t rows, size_t columns, size_t first_column, size_t group,
    double *sums) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      double value = values[r * columns + c];
      sums[(first_column + c) / group] += value * value;
    }
  }
}
