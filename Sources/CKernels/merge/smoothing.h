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

/// The weighted sum of nine neighbours; the order of the sum is the same wherever it is computed.
static inline double weigh(
    const double *const lines[9], const double *weights, size_t index) {
  double sum = weights[4] * lines[4][index];
  for (size_t k = 0; k < 4; k++) sum += weights[k] * (lines[k][index] + lines[8 - k][index]);
  return sum;
}

/// One place of an axis, for all that lies behind it.
static void smooth_place(
    const double *source, weft_axis axis, const double *weights, size_t wanted, double *line) {
  const double *lines[9];
  for (ptrdiff_t k = -4; k <= 4; k++) {
    lines[k + 4] = source + neighbour(axis.span, wanted, k) * axis.inner;
  }
  for (size_t i = 0; i < axis.inner; i++) line[i] = weigh(lines, weights, i);
}

/// A line of single elements, of which those away from the ends have their neighbours beside them.
static void smooth_line(
    const double *source, weft_axis axis, const double *weights, double *line) {
  weft_span span = axis.span;
  size_t start = span.first_wanted < 4 ? 4 - span.first_wanted : 0;
  size_t reach = span.count < 4 ? 0 : span.count - 4;
  size_t end = reach > span.first_wanted ? reach - span.first_wanted : 0;
  if (end > span.wanted) end = span.wanted;
  if (start > end) start = end;
  const double *lines[9];
  for (size_t k = 0; k < 9; k++) lines[k] = source + span.first_wanted + start + k - span.first - 4;
  for (size_t j = 0; j < start; j++) smooth_place(source, axis, weights, j, line + j);
  for (size_t j = 0; j < end - start; j++) line[start + j] = weigh(lines, weights, j);
  for (size_t j = end; j < span.wanted; j++) smooth_place(source, axis, weights, j, line + j);
}

static void smooth(const double *values, weft_axis axis, const double *weights, double *target) {
  for (size_t o = 0; o < axis.outer; o++) {
    const double *source = values + o * axis.span.given * axis.inner;
    double *result = target + o * axis.span.wanted * axis.inner;
    if (axis.inner == 1 && axis.span.count > 8) {
      smooth_line(source, axis, weights, result);
      continue;
    }
    for (size_t j = 0; j < axis.span.wanted; j++) {
      smooth_place(source, axis, weights, j, result + j * axis.inner);
    }
  }
}
