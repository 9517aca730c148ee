// Arithmetic element by element.

/// The elements at a time, so that the sums stay in the first-level cache.
#define VOTES 256

static void elect_block(
    const double *const *deltas, const double *weights, size_t delta_count, bool normalizes,
    size_t start, double *target, size_t count) {
  double sum[VOTES] = {0}, mixed[VOTES] = {0}, weight[VOTES] = {0};
  for (size_t k = 0; k < delta_count; k++) {
    const double *delta = deltas[k] + start;
    for (size_t i = 0; i < count; i++) sum[i] += weights[k] * delta[i];
  }
  for (size_t k = 0; k < delta_count; k++) {
    const double *delta = deltas[k] + start;
    for (size_t i = 0; i < count; i++) {
      double value = weights[k] * delta[i];
      bool agrees = sum[i] >= 0 ? value > 0 : value < 0;
      mixed[i] += agrees ? value : 0;
      weight[i] += agrees ? weights[k] : 0;
    }
  }
  for (size_t i = 0; i < count; i++) {
    target[start + i] = normalizes && weight[i] != 0 ? mixed[i] / weight[i] : mixed[i];
  }
}

static void elect(
    const double *const *deltas, const double *weights, size_t delta_count, bool normalizes,
    double *target, size_t count) {
  for (size_t i = 0; i < count; i += VOTES) {
    size_t block = count - i < VOTES ? count - i : VOTES;
    elect_block(deltas, weights, delta_count, normalizes, i, target, block);
  }
}

static void train_difference(
    const double *a, const double *b, const double *c, double factor, double *target,
    size_t count) {
  for (size_t i = 0; i < count; i++) {
    double learned = b[i] - c[i];
    double distance = fabs(b[i] - a[i]);
    double sum = fabs(learned) + distance;
    double share = sum != 0 ? distance / sum : 0;
    target[i] = a[i] + factor * (share * learned);
  }
}

static void blend_columns(
    const double *a, const double *b, const double *shares, size_t rows, size_t columns,
    double *target) {
  for (size_t r = 0; r < rows; r++) {
    const double *x = a + r * columns, *y = b + r * columns;
    double *result = target + r * columns;
    for (size_t c = 0; c < columns; c++) {
      result[c] = y[c] * (1 - shares[c]) + x[c] * shares[c];
    }
  }
}
