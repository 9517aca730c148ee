// Medians of all neighbours: three in each dimension that is longer than one.

static inline double least(double a, double b) { return b < a ? b : a; }
static inline double greatest(double a, double b) { return b > a ? b : a; }

static inline double middle3(double a, double b, double c) {
  return greatest(least(a, b), least(greatest(a, b), c));
}

/// The middle one of an odd number of values, which are moved about: the values on one side of a pivot are given up
/// until one is left.
static double middle(double *values, ptrdiff_t count) {
  ptrdiff_t low = 0, high = count - 1, wanted = count / 2;
  while (low < high) {
    double pivot = values[wanted];
    ptrdiff_t i = low, j = high;
    do {
      while (values[i] < pivot) i++;
      while (pivot < values[j]) j--;
      if (i <= j) {
        double swapped = values[i];
        values[i++] = values[j];
        values[j--] = swapped;
      }
    } while (i <= j);
    if (j < wanted) low = i;
    if (wanted < i) high = j;
  }
  return values[wanted];
}

/// The columns at a time.
#define MEDIAN_COLUMNS 256

/// The median of nine: the middle one of the largest of the least, the middle of the middle, and the least of the largest,
/// when each three of a column are sorted.
static void median_of_nine(
    const double *const rows[3], size_t columns, size_t start, size_t count, double *target) {
  double low[MEDIAN_COLUMNS + 2], mid[MEDIAN_COLUMNS + 2], high[MEDIAN_COLUMNS + 2];
  for (size_t i = 0; i < count + 2; i++) {
    size_t c = mirrored((ptrdiff_t)(start + i) - 1, columns);
    double a = rows[0][c], b = rows[1][c], d = rows[2][c];
    low[i] = least(least(a, b), d);
    mid[i] = middle3(a, b, d);
    high[i] = greatest(greatest(a, b), d);
  }
  for (size_t i = 0; i < count; i++) {
    double lows = greatest(greatest(low[i], low[i + 1]), low[i + 2]);
    double mids = middle3(mid[i], mid[i + 1], mid[i + 2]);
    double highs = least(least(high[i], high[i + 1]), high[i + 2]);
    target[start + i] = middle3(lows, mids, highs);
  }
}

/// The three neighbours of an index, itself in the middle.
typedef struct neighbours { size_t at[3]; } neighbours;

static inline neighbours neighbours_of(size_t index, size_t count) {
  return (neighbours){{
    mirrored((ptrdiff_t)index - 1, count), index, mirrored((ptrdiff_t)index + 1, count)}};
}

/// The medians of a row of a tensor of four dimensions, each of 81 values.
static void median_of_81(
    const double *const rows[3], const size_t dimensions[4], double *target) {
  size_t n1 = dimensions[1], n2 = dimensions[2], n3 = dimensions[3];
  for (size_t x = 0; x < n1; x++) {
    neighbours xs = neighbours_of(x, n1);
    for (size_t y = 0; y < n2; y++) {
      neighbours ys = neighbours_of(y, n2);
      for (size_t z = 0; z < n3; z++) {
        neighbours zs = neighbours_of(z, n3);
        double values[81];
        size_t count = 0;
        for (size_t i = 0; i < 27; i++) {
          const double *line = rows[i / 9] + (xs.at[i / 3 % 3] * n2 + ys.at[i % 3]) * n3;
          for (size_t k = 0; k < 3; k++) values[count++] = line[zs.at[k]];
        }
        target[(x * n2 + y) * n3 + z] = middle(values, 81);
      }
    }
  }
}

static void median(
    const double *values, const size_t dimensions[4], size_t first, size_t first_wanted,
    size_t wanted, double *target) {
  size_t columns = dimensions[1] * dimensions[2] * dimensions[3];
  for (size_t r = 0; r < wanted; r++) {
    neighbours at = neighbours_of(first_wanted + r, dimensions[0]);
    const double *rows[3];
    for (size_t k = 0; k < 3; k++) rows[k] = values + (at.at[k] - first) * columns;
    double *row = target + r * columns;
    if (dimensions[2] * dimensions[3] > 1) {
      // A dimension of one element repeats it three times, which leaves the median as it is.
      median_of_81(rows, dimensions, row);
      continue;
    }
    for (size_t c = 0; c < columns; c += MEDIAN_COLUMNS) {
      size_t count = columns - c < MEDIAN_COLUMNS ? columns - c : MEDIAN_COLUMNS;
      median_of_nine(rows, columns, c, count, row);
    }
  }
}
