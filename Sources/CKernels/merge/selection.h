// Finding and keeping elements by their place in the order of magnitudes.

static void count_digits(
    const double *values, size_t count, int shift, uint64_t prefix, uint64_t *counts) {
  for (size_t i = 0; i < count; i++) {
    uint64_t bits = magnitude_bits(values[i]) >> shift;
    counts[bits & 0xFFFF] += bits >> 16 == prefix;
  }
}

static size_t find_places(
    const double *values, weft_rectangle part, int shift, uint64_t prefix, weft_place *places) {
  size_t found = 0;
  for (size_t r = 0; r < part.rows; r++) {
    uint64_t index = (part.first_row + r) * part.stride + part.first_column;
    for (size_t c = 0; c < part.columns; c++) {
      uint64_t bits = magnitude_bits(values[r * part.columns + c]);
      if (bits >> shift == prefix) places[found++] = (weft_place){bits, index + c};
    }
  }
  return found;
}

static void count_equals(
    const double *values, size_t rows, size_t columns, uint64_t magnitude, uint64_t *counts) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      counts[r] += magnitude_bits(values[r * columns + c]) == magnitude;
    }
  }
}

static inline bool is_before(uint64_t magnitude, uint64_t index, weft_place place) {
  return magnitude == place.magnitude ? index < place.index : magnitude > place.magnitude;
}

static void keep_between(double *values, weft_rectangle part, weft_place first, weft_place end) {
  for (size_t r = 0; r < part.rows; r++) {
    double *row = values + r * part.columns;
    uint64_t index = (part.first_row + r) * part.stride + part.first_column;
    for (size_t c = 0; c < part.columns; c++) {
      uint64_t bits = magnitude_bits(row[c]);
      bool kept = !is_before(bits, index + c, first) && is_before(bits, index + c, end);
      row[c] = kept ? row[c] : 0;
    }
  }
}
