// Sums in an order that does not depend on the instruction set.
#include <math.h>
#include <string.h>

static inline uint64_t magnitude_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits & 0x7FFFFFFFFFFFFFFFu;
}

static double lanes_sum(const double lanes[8]) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6]))
    + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

static double dot(const double *a, const double *b, size_t count) {
  double lanes[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t k = 0; k < 8; k++) lanes[k] += a[i + k] * b[i + k];
  }
  for (; i < count; i++) lanes[i % 8] += a[i] * b[i];
  return lanes_sum(lanes);
}

static double sum_magnitudes(const double *values, size_t count) {
  double lanes[8] = {0};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t k = 0; k < 8; k++) lanes[k] += fabs(values[i + k]);
  }
  for (; i < count; i++) lanes[i % 8] += fabs(values[i]);
  return lanes_sum(lanes);
}

static void add_column_dots(
    const double *a, const double *b, size_t rows, size_t columns, double *ab, double *aa,
    double *bb) {
  for (size_t r = 0; r < rows; r++) {
    const double *x = a + r * columns, *y = b + r * columns;
    for (size_t c = 0; c < columns; c++) {
      ab[c] += x[c] * y[c];
      aa[c] += x[c] * x[c];
      bb[c] += y[c] * y[c];
    }
  }
}
