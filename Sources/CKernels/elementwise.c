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
    double *row = values + r * columns;
    if (group == 1) {
      for (size_t c = 0; c < columns; c++) row[c] *= factors[first_column + c];
      continue;
    }
    size_t c = 0;
    while (c < columns) {
      size_t count = group - (first_column + c) % group;
      double factor = factors[(first_column + c) / group];
      for (size_t end = c + count < columns ? c + count : columns; c < end; c++) row[c] *= factor;
    }
  }
}

/// The rows whose sums grow side by side, so that no addition waits for the one before.
#define SUM_ROWS 4

void weft_add_row_squares(const double *values, size_t rows, size_t columns, double *sums) {
  size_t r = 0;
  for (; r + SUM_ROWS <= rows; r += SUM_ROWS) {
    const double *row = values + r * columns;
    double sum[SUM_ROWS];
    for (size_t i = 0; i < SUM_ROWS; i++) sum[i] = sums[r + i];
    for (size_t c = 0; c < columns; c++) {
      for (size_t i = 0; i < SUM_ROWS; i++) {
        double value = row[i * columns + c];
        sum[i] += value * value;
      }
    }
    for (size_t i = 0; i < SUM_ROWS; i++) sums[r + i] = sum[i];
  }
  for (; r < rows; r++) {
    double sum = sums[r];
    for (size_t c = 0; c < columns; c++) sum += values[r * columns + c] * values[r * columns + c];
    sums[r] = sum;
  }
}

/// The groups of columns whose sums grow side by side.
#define SUM_GROUPS 32

/// Adds the squares of whole groups; each sum takes its columns in ascending order.
static void add_groups(const double *row, size_t groups, size_t group, double *sums) {
  for (size_t first = 0; first < groups; first += SUM_GROUPS) {
    size_t last = first + SUM_GROUPS < groups ? first + SUM_GROUPS : groups;
    for (size_t c = 0; c < group; c++) {
      for (size_t g = first; g < last; g++) {
        double value = row[g * group + c];
        sums[g] += value * value;
      }
    }
  }
}

static void add_columns(const double *row, size_t count, double *sum) {
  for (size_t c = 0; c < count; c++) *sum += row[c] * row[c];
}

void weft_add_column_squares(
    const double *values, size_t rows, size_t columns, size_t first_column, size_t group,
    double *sums) {
  // The first columns may belong to a group that began in another part.
  size_t head = (group - first_column % group) % group;
  if (head > columns) head = columns;
  size_t groups = (columns - head) / group;
  double *first = sums + (first_column + head) / group;
  for (size_t r = 0; r < rows; r++) {
    const double *row = values + r * columns;
    if (head > 0) add_columns(row, head, sums + first_column / group);
    add_groups(row + head, groups, group, first);
    size_t done = head + groups * group;
    if (done < columns) add_columns(row + done, columns - done, first + groups);
  }
}
