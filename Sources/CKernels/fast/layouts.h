// Pictures whose channels are planes.
WEFT_INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

/// Up to WEFT_LANES channels of as many pixels; a channel is `stride` after the other, a pixel `columns`.
WEFT_INLINE void interleave_square(
    weft_element element, const float *planes, size_t stride, size_t pixels, size_t channels,
    size_t columns, void *target) {
  floats square[WEFT_LANES] = {};
  for (size_t k = 0; k < channels; k++) square[k] = load_floats(planes + k * stride, pixels);
  turn(square);
  for (size_t k = 0; k < pixels; k++) store(target, k * columns, channels, square[k], element);
}

WEFT_INLINE void interleave_as(
    weft_element element, const float *planes, size_t stride, weft_rows rows, void *target) {
  for (size_t p = 0; p < rows.rows; p += WEFT_LANES) {
    size_t pixels = least(WEFT_LANES, rows.rows - p);
    for (size_t c = 0; c < rows.columns; c += WEFT_LANES) {
      size_t channels = least(WEFT_LANES, rows.columns - c);
      const float *source = planes + c * stride + p;
      void *place = to(target, p * rows.columns + c, element);
      if (pixels == WEFT_LANES && channels == WEFT_LANES) {
        interleave_square(
          element, source, stride, WEFT_LANES, WEFT_LANES, rows.columns, place);
      } else {
        interleave_square(element, source, stride, pixels, channels, rows.columns, place);
      }
    }
  }
}

static void interleave(const float *planes, size_t stride, weft_rows rows, void *target) {
  WITH_ELEMENT(rows.element, interleave_as, planes, stride, rows, target);
}

/// The inverse of `interleave_square`.
WEFT_INLINE void deinterleave_square(
    weft_element element, const void *x, size_t columns, size_t pixels, size_t channels,
    float *planes, size_t stride) {
  floats square[WEFT_LANES] = {};
  for (size_t k = 0; k < pixels; k++) square[k] = load(x, k * columns, channels, element);
  turn(square);
  for (size_t k = 0; k < channels; k++) store_floats(planes + k * stride, pixels, square[k]);
}

WEFT_INLINE void deinterleave_as(
    weft_element element, const void *x, weft_rows rows, float *planes, size_t stride) {
  for (size_t p = 0; p < rows.rows; p += WEFT_LANES) {
    size_t pixels = least(WEFT_LANES, rows.rows - p);
    for (size_t c = 0; c < rows.columns; c += WEFT_LANES) {
      size_t channels = least(WEFT_LANES, rows.columns - c);
      const void *source = at(x, p * rows.columns + c, element);
      float *place = planes + c * stride + p;
      if (pixels == WEFT_LANES && channels == WEFT_LANES) {
        deinterleave_square(
          element, source, rows.columns, WEFT_LANES, WEFT_LANES, place, stride);
      } else {
        deinterleave_square(element, source, rows.columns, pixels, channels, place, stride);
      }
    }
  }
}

static void deinterleave(const void *x, weft_rows rows, float *planes, size_t stride) {
  WITH_ELEMENT(rows.element, deinterleave_as, x, rows, planes, stride);
}
