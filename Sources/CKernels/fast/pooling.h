// Means of pixels.

/// The mean of `down` by `across` pixels.
WEFT_INLINE void mean_pixel(
    weft_element element, const void *x, size_t down, size_t across, size_t line,
    size_t channels, void *target) {
  EACH_VECTOR(channels, {
    floats sum = 0.0f;
    for (size_t y = 0; y < down; y++) {
      for (size_t k = 0; k < across; k++) sum += load(x, y * line + k * channels + i, n, element);
    }
    store(target, i, n, sum * (1.0f / (float)(down * across)), element);
  })
}

WEFT_INLINE void average_pool_as(
    weft_element element, const void *x, size_t height, size_t width, size_t channels,
    void *target) {
  size_t line = width * channels;
  for (size_t y = 0; y < height; y += 2) {
    for (size_t k = 0; k < width; k += 2) {
      mean_pixel(
        element, at(x, y * line + k * channels, element), least(2, height - y),
        least(2, width - k), line, channels, target);
      target = to(target, channels, element);
    }
  }
}

static void average_pool(
    const void *x, size_t height, size_t width, size_t channels, weft_element element,
    void *target) {
  WITH_ELEMENT(element, average_pool_as, x, height, width, channels, target);
}
