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
    const double *const rows[3], weft_span columns, size_t start, size_t count, double *target) {
  double low[MEDIAN_COLUMNS + 2], mid[MEDIAN_COLUMNS + 2], high[MEDIAN_COLUMNS + 2];
  for (size_t i = 0; i < count + 2; i++) {
    size_t c = neighbour(columns, start + i, -1);
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

/// The medians of the planes of a tensor of four dimensions, each of 81 values.
static void median_of_81(
    const double *const rows[3], weft_span columns, weft_span depth, weft_span width,
    double *target) {
  size_t plane = depth.count * width.count;
  for (size_t x = 0; x < columns.wanted; x++) {
    const double *planes[9];
    for (size_t i = 0; i < 9; i++) {
      planes[i] = rows[i / 3] + neighbour(columns, x, (ptrdiff_t)(i % 3) - 1) * plane;
    }
    for (size_t y = 0; y < depth.count; y++) {
      for (size_t z = 0; z < width.count; z++) {
        size_t offsets[9];
        for (size_t i = 0; i < 9; i++) {
          size_t line = neighbour(depth, y, (ptrdiff_t)(i / 3) - 1);
          offsets[i] = line * width.count + neighbour(width, z, (ptrdiff_t)(i % 3) - 1);
        }
        double values[81];
        for (size_t i = 0; i < 81; i++) values[i] = planes[i / 9][offsets[i % 9]];
        *target++ = middle(values, 81);
      }
    }
  }
}

static void median(
    const double *values, weft_span rows, weft_span columns, size_t depth, size_t width,
    double *target) {
  weft_span depths = {depth, 0, depth, 0, depth}, widths = {width, 0, width, 0, width};
  for (size_t r = 0; r < rows.wanted; r++) {
    const double *lines[3];
    for (size_t k = 0; k < 3; k++) {
      size_t row = neighbour(rows, r, (ptrdiff_t)k - 1);
      lines[k] = values + row * columns.given * depth * width;
    }
    double *line = target + r * columns.wanted * depth * width;
    if (depth == 3 && width == 3) {
      median_of_3x3(lines, columns, line);
      continue;
    }
    if (depth * width > 1) {
      median_of_81(lines, columns, depths, widths, line);
      continue;
    }
    for (size_t c = 0; c < columns.wanted; c += MEDIAN_COLUMNS) {
      size_t rest = columns.wanted - c;
      median_of_nine(lines, columns, c, rest < MEDIAN_COLUMNS ? rest : MEDIAN_COLUMNS, line);
    }
  }
}
