#include "numbers.h"

#pragma STDC FP_CONTRACT OFF

/// The lanes of a sum: element i of a run in lane i % LANES.
#define LANES 4

static double squared_error(float a, float b) {
  double d = (double)a - (double)b;
  return weft_is_finite(d) ? d * d : 0;
}

/// The sum over a run of elements, joined from its lanes in a fixed order.
static double sum_squared_errors(const float *a, const float *b, size_t count) {
  double lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t k = 0; k < LANES; k++) lanes[k] += squared_error(a[i + k], b[i + k]);
  }
  for (; i < count; i++) lanes[i % LANES] += squared_error(a[i], b[i]);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void weft_add_squared_errors(
    const float *a, const float *b, size_t first, size_t count, weft_grid grid, double *sums) {
  size_t cells = (grid.columns + grid.cell_columns - 1) / grid.cell_columns;  // in a row of cells
  size_t first_cell_row = first / grid.columns / grid.cell_rows;
  for (size_t done = 0; done < count;) {
    size_t row = (first + done) / grid.columns, column = (first + done) % grid.columns;
    size_t end = smaller((column / grid.cell_columns + 1) * grid.cell_columns, grid.columns);
    size_t run = smaller(end - column, count - done);
    size_t cell = (row / grid.cell_rows - first_cell_row) * cells + column / grid.cell_columns;
    sums[cell] += sum_squared_errors(a + done, b + done, run);
    done += run;
  }
}
