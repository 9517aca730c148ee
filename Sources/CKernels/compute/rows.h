// Loops over elements, and over rows whose elements are summed up.

/// Element i of a row is added to lane i % LANES, and the lanes are joined at the end, so that vectors of any length add up
/// the same numbers in the same order.
#define LANES 16

static inline double joined(const double *lanes) {
  double sums[LANES / 2];
  for (size_t k = 0; k < LANES / 2; k++) sums[k] = lanes[k] + lanes[k + LANES / 2];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

static void add(const float *x, const float *y, float factor, size_t count, float *target) {
  for (size_t i = 0; i < count; i++) target[i] = x[i] + factor * y[i];
}

static void scale(const float *x, float factor, size_t count, float *target) {
  for (size_t i = 0; i < count; i++) target[i] = factor * x[i];
}

static float maximum(const float *row, size_t count) {
  float lanes[LANES];
  for (size_t k = 0; k < LANES; k++) lanes[k] = row[0];
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t k = 0; k < LANES; k++) lanes[k] = row[i + k] > lanes[k] ? row[i + k] : lanes[k];
  }
  for (size_t k = 0; i < count; i++, k++) lanes[k] = row[i] > lanes[k] ? row[i] : lanes[k];
  float largest = lanes[0];
  for (size_t k = 1; k < LANES; k++) largest = lanes[k] > largest ? lanes[k] : largest;
  return largest;
}

static double sum(const float *values, size_t count) {
  double lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t k = 0; k < LANES; k++) lanes[k] += values[i + k];
  }
  for (size_t k = 0; i < count; i++, k++) lanes[k] += values[i];
  return joined(lanes);
}

static float exponentials(float *row, size_t count) {
  float largest = maximum(row, count);
  for (size_t i = 0; i < count; i++) row[i] = exponential(row[i] - largest);
  return (float)(1.0 / sum(row, count));
}

static double sum_of_squared_differences(const float *values, size_t count, double mean) {
  double lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t k = 0; k < LANES; k++) {
      double difference = values[i + k] - mean;
      lanes[k] += difference * difference;
    }
  }
  for (size_t k = 0; i < count; i++, k++) {
    double difference = values[i] - mean;
    lanes[k] += difference * difference;
  }
  return joined(lanes);
}
