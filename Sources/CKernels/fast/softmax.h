// exp(x - maximum) / sum.

/// The largest of a row; a NaN may be passed over, since it is found in the sum.
WEFT_INLINE float row_maximum(const void *x, size_t columns, weft_element element) {
  floats largest = -INFINITY;
  EACH_VECTOR(columns, {
    floats y = first_of(load(x, i, n, element), n, -INFINITY);
    largest = y > largest ? y : largest;
  })
  return largest_of(largest);
}

WEFT_INLINE void softmax_as(
    weft_element element, const void *x, weft_rows rows, void *target) {
  for (size_t r = 0; r < rows.rows; r++) {
    size_t row = r * rows.columns;
    float largest = row_maximum(at(x, row, element), rows.columns, element);
    doubles sums = 0.0;
    EACH_VECTOR(rows.columns, {
      floats y = exponential(load(x, row + i, n, element) - largest, 1.0f, element);
      sums += __builtin_convertvector(first_of(y, n, 0.0f), doubles);
    })
    float inverse = (float)(1.0 / sum_of(&sums));
    // The exponentials are made again, which is quicker than to keep them.
    EACH_VECTOR(rows.columns, {
      floats y = exponential(load(x, row + i, n, element) - largest, 1.0f, element);
      store(target, row + i, n, y * inverse, element);
    })
  }
}

static void softmax(const void *x, weft_rows rows, void *target) {
  WITH_ELEMENT(rows.element, softmax_as, x, rows, target);
}
