// What moves pixels and leaves them as they are.
#include <string.h>

#include "../include/fast_elements.h"

void weft_copy_rows(
    const void *source, size_t source_stride, void *target, size_t target_stride, size_t rows,
    size_t byte_count) {
  for (size_t r = 0; r < rows; r++) {
    memcpy((char *)target + r * target_stride, (const char *)source + r * source_stride, byte_count);
  }
}

void weft_pick_pixels(
    const void *line, const size_t *places, size_t count, size_t byte_count, void *target) {
  for (size_t k = 0; k < count; k++) {
    memcpy((char *)target + k * byte_count, (const char *)line + places[k] * byte_count, byte_count);
  }
}

void weft_unshuffle_pixels(
    const void *x, size_t lines, size_t width, size_t channels, size_t factor, size_t element_byte_count,
    void *target) {
  char *place = target;
  for (size_t y = 0; y < lines; y++) {
    for (size_t k = 0; k < width / factor; k++) {
      for (size_t c = 0; c < channels; c++) {
        for (size_t dy = 0; dy < factor; dy++) {
          for (size_t dx = 0; dx < factor; dx++) {
            size_t pixel = (y * factor + dy) * width + k * factor + dx;
            memcpy(place, (const char *)x + (pixel * channels + c) * element_byte_count, element_byte_count);
            place += element_byte_count;
          }
        }
      }
    }
  }
}
