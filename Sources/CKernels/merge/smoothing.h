// Filters as scipy.ndimage defines them, with the default mode `reflect`: d c b a | a b c d | d c b a.
//
// Source: https://github.com/scipy/scipy/blob/v1.14.1/scipy/ndimage/_filters.py

/// The index of what is mirrored at the ends.
static inline size_t mirrored(ptrdiff_t index, size_t count) {
  if (index >= 0 && index < (ptrdiff_t)count) return (size_t)index;
  ptrdiff_t period = 2 * (ptrdiff_t)count;
  ptrdiff_t place = index % period;
  if (place < 0) place += period;
  return (size_t)(place < (ptrdiff_t)count ? place : period - 1 - place);
}

/// Where the neighbour of a wanted place lies in what is given.
static inline size_t neighbour(weft_span span, size_t wanted, ptrdiff_t distance) {
  return mirrored((ptrdiff_t)(span.first_wanted + wanted) + distance, span.count) - span.first;
}

static void smooth(const double *values, weft_axis axis, const double *weights, double *target) {
  for (size_t o = 0; o < axis.outer; o++) {
    const double *source = values + o * axis.span.given * axis.inner;
    double *result = target + o * axis.span.wanted * axis.inner;
    for (size_t j = 0; j < axis.span.wanted; j++) {
      const double *lines[9];
      for (ptrdiff_t k = -4; k <= 4; k++) {
        lines[k + 4] = source + neighbour(axis.span, j, k) * axis.inner;
      }
      double *line = result + j * axis.inner;
      for (size_t i = 0; i < axis.inner; i++) {
        double sum = weights[4] * lines[4][i];
        for (size_t k = 0; k < 4; k++) sum += weights[k] * (lines[k][i] + lines[8 - k][i]);
        line[i] = sum;
      }
    }
  }
}
