#include "bounds.h"
#include "numbers.h"

void weft_pack_up(
    weft_factor factor, size_t rows, size_t rank, double *up, size_t total_rank,
    size_t first_rank) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t k = 0; k < rank; k++) {
      double value = factor.values[i * factor.outer_stride + k * factor.rank_stride];
      up[i * total_rank + first_rank + k] = value;
    }
  }
}

void weft_pack_down(
    weft_factor factor, size_t columns, size_t rank, double *panels, size_t total_rank,
    size_t first_rank) {
  for (size_t j = 0; j < columns; j++) {
    double *panel = panels + (j / WEFT_PANEL) * total_rank * WEFT_PANEL + j % WEFT_PANEL;
    for (size_t k = 0; k < rank; k++) {
      double value = factor.values[j * factor.outer_stride + k * factor.rank_stride];
      panel[(first_rank + k) * WEFT_PANEL] = value;
    }
  }
}

bool weft_narrow_exactly(const double *values, size_t count, float *narrow) {
  bool exact = true;
  for (size_t i = 0; i < count; i++) {
    narrow[i] = (float)values[i];
    exact &= (double)narrow[i] == values[i] || isnan(values[i]);
  }
  return exact;
}

/// A float32 that is no less than the norm, at least WEFT_LEAST_NORM unless every value is zero.
static float upper_norm(double sum_of_squares, bool is_zero) {
  if (is_zero) return 0;
  double norm = sqrt(sum_of_squares) * (1 + 0x1p-20);
  return (float)(norm < WEFT_LEAST_NORM ? WEFT_LEAST_NORM : norm);
}

static bool prepare_rows(const weft_low_rank *operand, float *up32, float *row_bound) {
  bool bounded = true;
  for (size_t i = 0; i < operand->rows; i++) {
    double sum = 0;
    bool is_zero = true;
    for (size_t k = 0, term = 0; k < operand->rank; k++) {
      while (k == operand->term_ends[term]) term++;
      double value = operand->scales[term] * operand->up[i * operand->rank + k];
      up32[i * operand->rank + k] = (float)value;
      sum += value * value;
      is_zero &= value == 0;
    }
    float norm = upper_norm(sum, is_zero);
    bounded &= norm <= WEFT_GREATEST_NORM;  // false for NaN
    row_bound[i] = norm * (float)(weft_rounding_steps(operand->rank) * WEFT_UNIT);
  }
  return bounded;
}

static bool prepare_columns(const weft_low_rank *operand, float *column_bound) {
  size_t panels = (operand->columns + WEFT_PANEL - 1) / WEFT_PANEL;
  bool bounded = true;
  for (size_t j = 0; j < panels * WEFT_PANEL; j++) {
    const float *panel = operand->down32 + j / WEFT_PANEL * operand->rank * WEFT_PANEL;
    double sum = 0;
    bool is_zero = true;
    for (size_t k = 0; k < operand->rank; k++) {
      double value = (double)panel[k * WEFT_PANEL + j % WEFT_PANEL];
      sum += value * value;
      is_zero &= value == 0;
    }
    column_bound[j] = upper_norm(sum, is_zero);
    bounded &= column_bound[j] <= WEFT_GREATEST_NORM;
  }
  return bounded;
}

bool weft_prepare_bounds(
    const weft_low_rank *operand, float *up32, float *row_bound, float *column_bound) {
  if (operand->down32 == NULL || operand->rank > WEFT_GREATEST_RANK) return false;
  bool rows_bounded = prepare_rows(operand, up32, row_bound);
  return prepare_columns(operand, column_bound) && rows_bounded;
}
