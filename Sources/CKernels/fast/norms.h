// Normalisation of columns and rows.
#include "standard.h"

/// The sum and the sum of squares of each lane.
typedef struct moments {
  doubles sum, square;
} moments;

/// The vectors of a column, and of a row, whose moments are joined in float32.
#define WEFT_COLUMN_CHUNK 8
#define WEFT_ROW_CHUNK 4

/// Adds some vectors. The squares are those of the differences from a lane's own mean, which float32 holds however far the
/// mean is from zero; the square of the sum is float64's.
WEFT_INLINE void accumulate(moments *all, const floats *values, size_t count) {
  floats sum = values[0];
  for (size_t k = 1; k < count; k++) sum += values[k];
  floats mean = sum * (1.0f / (float)count);
  floats spread = 0.0f;
  for (size_t k = 0; k < count; k++) spread += (values[k] - mean) * (values[k] - mean);
  doubles wide = __builtin_convertvector(sum, doubles);
  all->sum += wide;
  all->square += __builtin_convertvector(spread, doubles) + wide * wide * (1.0 / (double)count);
}

/// Adds so many rows to the moments of columns, which are [columns] sums and [columns] sums of squares.
WEFT_INLINE void add_moments(
    const void *x, size_t rows, size_t columns, weft_element element, double *columns_moments) {
  double *sums = columns_moments, *squares = columns_moments + columns;
  EACH_VECTOR(columns, {
    floats values[WEFT_COLUMN_CHUNK];
    for (size_t k = 0; k < rows; k++) values[k] = load(x, k * columns + i, n, element);
    moments all = {0.0, 0.0};
    accumulate(&all, values, rows);
    add_doubles(sums + i, n, &all.sum);
    add_doubles(squares + i, n, &all.square);
  })
}

WEFT_INLINE void column_moments(
    weft_element element, const void *x, weft_rows rows, double *moments) {
  memset(moments, 0, 2 * rows.columns * sizeof *moments);
  size_t r = 0;
  for (; r + WEFT_COLUMN_CHUNK <= rows.rows; r += WEFT_COLUMN_CHUNK) {
    add_moments(at(x, r * rows.columns, element), WEFT_COLUMN_CHUNK, rows.columns, element, moments);
  }
  for (; r < rows.rows; r++) {
    add_moments(at(x, r * rows.columns, element), 1, rows.columns, element, moments);
  }
}

static void group_sums(
    const void *x, weft_rows rows, size_t groups, double *scratch, double *sums) {
  WITH_ELEMENT(rows.element, column_moments, x, rows, scratch);
  size_t channels = rows.columns / groups;
  for (size_t g = 0; g < groups; g++) {
    double sum = 0, square = 0;
    for (size_t c = g * channels; c < (g + 1) * channels; c++) {
      sum += scratch[c];
      square += scratch[rows.columns + c];
    }
    sums[2 * g] = sum;
    sums[2 * g + 1] = square;
  }
}

/// Some rows of a picture at a time, for which the factors are loaded once.
WEFT_INLINE void normalize_some(
    weft_element element, weft_activation activation, const void *x, size_t rows, size_t columns,
    const weft_column_norm *norm, void *target) {
  EACH_VECTOR(columns, {
    floats mean = load_floats(norm->means + i, n);
    floats factor = load_floats(norm->factors + i, n), addend = load_floats(norm->addends + i, n);
    for (size_t k = 0; k < rows; k++) {
      floats y = (load(x, k * columns + i, n, element) - mean) * factor + addend;
      store(target, k * columns + i, n, activated(y, activation, element), element);
    }
  })
}

WEFT_INLINE void normalize_as(
    weft_element element, weft_activation activation, const void *x, weft_rows rows,
    const weft_column_norm *norm, void *target) {
  size_t r = 0, c = rows.columns;
  for (; r + 4 <= rows.rows; r += 4) {
    normalize_some(
      element, activation, at(x, r * c, element), 4, c, norm, to(target, r * c, element));
  }
  for (; r < rows.rows; r++) {
    normalize_some(
      element, activation, at(x, r * c, element), 1, c, norm, to(target, r * c, element));
  }
}

static void normalize(
    const void *x, weft_rows rows, const weft_column_norm *norm, weft_activation activation,
    void *target) {
  WITH_ACTIVATION(rows.element, activation, normalize_as, x, rows, norm, target)
}

/// The sum and the sum of squares of a row, in lanes.
WEFT_INLINE moments row_moments(const void *x, size_t columns, weft_element element) {
  moments all = {0.0, 0.0};
  size_t i = 0;
  for (; i + WEFT_ROW_CHUNK * WEFT_LANES <= columns; i += WEFT_ROW_CHUNK * WEFT_LANES) {
    floats values[WEFT_ROW_CHUNK];
    for (size_t k = 0; k < WEFT_ROW_CHUNK; k++) {
      values[k] = load(x, i + k * WEFT_LANES, WEFT_LANES, element);
    }
    accumulate(&all, values, WEFT_ROW_CHUNK);
  }
  for (; i < columns; i += WEFT_LANES) {
    floats value = load(x, i, columns - i < WEFT_LANES ? columns - i : WEFT_LANES, element);
    accumulate(&all, &value, 1);
  }
  return all;
}

WEFT_INLINE void normalize_rows_as(
    weft_element element, const void *x, weft_rows rows, const float *weight, const float *bias,
    float epsilon, void *target) {
  for (size_t r = 0; r < rows.rows; r++) {
    size_t row = r * rows.columns;
    moments all = row_moments(at(x, row, element), rows.columns, element);
    weft_standard standard =
      weft_standardized(sum_of(&all.sum), sum_of(&all.square), rows.columns, epsilon);
    float mean = (float)standard.mean, inverse = (float)standard.inverse;
    EACH_VECTOR(rows.columns, {
      floats y = (load(x, row + i, n, element) - mean) * (inverse * load_floats(weight + i, n));
      y += load_floats(bias + i, n);
      store(target, row + i, n, y, element);
    })
  }
}

static void normalize_rows(
    const void *x, weft_rows rows, const float *weight, const float *bias, float epsilon,
    void *target) {
  WITH_ELEMENT(rows.element, normalize_rows_as, x, rows, weight, bias, epsilon, target);
}
