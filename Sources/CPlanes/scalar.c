// The definition of the planes, an element at a time.
#include "planes.h"

WEFT_INLINE uint64_t load(const uint8_t *element, int width) {
  uint64_t value = 0;
  for (int k = 0; k < width; k++) value |= (uint64_t)element[k] << (8 * k);
  return value;
}

WEFT_INLINE uint64_t mask(int width) { return ~UINT64_C(0) >> (64 - 8 * width); }

WEFT_INLINE uint64_t rotated_left(uint64_t value, int width) {
  return (value << 1 | value >> (8 * width - 1)) & mask(width);
}

WEFT_INLINE uint64_t rotated_right(uint64_t value, int width) {
  return (value >> 1 | value << (8 * width - 1)) & mask(width);
}

WEFT_INLINE void split(
  const uint8_t *elements, size_t first, size_t count, int width, bool rotates, uint8_t *planes)
{
  for (size_t i = first; i < count; i++) {
    uint64_t value = load(elements + i * width, width);
    if (rotates) value = rotated_left(value, width);
    for (int k = 0; k < width; k++) planes[k * count + i] = (uint8_t)(value >> (8 * k));
  }
}

WEFT_INLINE void join(
  const uint8_t *const *planes, size_t first, size_t count, int width, bool rotates,
  uint8_t *elements)
{
  for (size_t i = first; i < count; i++) {
    uint64_t value = 0;
    for (int k = 0; k < width; k++) value |= (uint64_t)planes[k][i] << (8 * k);
    if (rotates) value = rotated_right(value, width);
    for (int k = 0; k < width; k++) elements[i * width + k] = (uint8_t)(value >> (8 * k));
  }
}

void weft_planes_split_scalar(
  const uint8_t *elements, size_t first, size_t count, weft_plane_form form, uint8_t *planes)
{
  switch (form.width) {
    case 1: return split(elements, first, count, 1, form.rotates, planes);
    case 2: return split(elements, first, count, 2, form.rotates, planes);
    case 4: return split(elements, first, count, 4, form.rotates, planes);
    case 8: return split(elements, first, count, 8, form.rotates, planes);
  }
}

void weft_planes_join_scalar(
  const uint8_t *const *planes, size_t first, size_t count, weft_plane_form form, uint8_t *elements)
{
  switch (form.width) {
    case 1: return join(planes, first, count, 1, form.rotates, elements);
    case 2: return join(planes, first, count, 2, form.rotates, elements);
    case 4: return join(planes, first, count, 4, form.rotates, elements);
    case 8: return join(planes, first, count, 8, form.rotates, elements);
  }
}
