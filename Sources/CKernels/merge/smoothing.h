// Filters as scipy.ndimage defines them, with the default mode `reflect`: d c b a | a b c d | d c b a.
//
// Source: https://github.com/scipy/scipy/blob/v1.14.1/scipy/ndimage/_filters.py

/// The index of what is mirrored at the ends.
static inline size_t mirrored(ptrdiff_t index, size_t count) {
  ptrdiff_t period = 2 * (ptrdiff_t)count;
  ptrdiff_t place = index % period;
  if (place < 0) place += period;
  return (size_t)(place < (ptrdiff_t)count ? place : period - 1 - place);
}

static void smooth(const double *values, weft_axis axis, const double *weights, double *target) {
  for (size_t o = 0; o < axis.outer; o++) {
    const double *source = values + o * axis.present * axis.inner;
    double *result = target + o * axis.wanted * axis.inner;
    for (size_t j = 0; j < axis.wanted; j++) {
      const double *lines[9];
      for (ptrdiff_t k = -4; k <= 4; k++) {
        size_t place = mirrored((ptrdiff_t)(axis.first_wanted + j) + k, axis.count);
        lines[k + 4] = source + (place - axis.first) * axis.inner;
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
