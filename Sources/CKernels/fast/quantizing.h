// Integers of eight bits with one factor.
WEFT_INLINE float largest_as(weft_element element, const void *x, size_t count) {
  floats largest = 0.0f;
  EACH_VECTOR(count, {
    floats y = magnitude(load(x, i, n, element));
    largest = y > largest ? y : largest;
  })
  return largest_of(largest);
}

static float largest(const void *x, size_t count, weft_element element) {
  return WITH_ELEMENT(element, largest_as, x, count);
}

WEFT_INLINE void quantize_as(
    weft_element element, const void *x, float factor, size_t count, int8_t *target) {
  EACH_VECTOR(count, {
    floats y = load(x, i, n, element) * factor;
    y = y > 127.0f ? (floats)127.0f : y;
    y = y < -128.0f ? (floats)-128.0f : y;
    y = y == y ? y : (floats)0.0f;
    ints rounded = (ints)(y + 0x1.8p23f) - (ints)(floats)0x1.8p23f;
    store_bytes(target + i, n, __builtin_convertvector(rounded, bytes));
  })
}

static void quantize(
    const void *x, float factor, size_t count, weft_element element, int8_t *target) {
  WITH_ELEMENT(element, quantize_as, x, factor, count, target);
}
