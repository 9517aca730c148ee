// What the two implementations are to each other.
#pragma once

#include "CPlanes.h"

#define WEFT_INLINE static inline __attribute__((always_inline))

void weft_planes_split_scalar(
  const uint8_t *elements, size_t first, size_t count, weft_plane_form form, uint8_t *planes);
void weft_planes_join_scalar(
  const uint8_t *const *planes, size_t first, size_t count, weft_plane_form form, uint8_t *elements);

/// Both do as many whole groups as there are and give the number of elements in them.
size_t weft_planes_split_avx2(
  const uint8_t *elements, size_t count, weft_plane_form form, uint8_t *planes);
size_t weft_planes_join_avx2(
  const uint8_t *const *planes, size_t count, weft_plane_form form, uint8_t *elements);
