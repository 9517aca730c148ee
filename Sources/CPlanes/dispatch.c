#include <string.h>

#include "planes.h"

weft_plane_instructions weft_planes_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return WEFT_PLANES_AVX2;
#endif
  return WEFT_PLANES_SCALAR;
}

void weft_planes_split(
  const uint8_t *elements, size_t count, weft_plane_form form, uint8_t *planes,
  weft_plane_instructions instructions)
{
  size_t done = 0;
  if (form.width == 1 && !form.rotates) {
    memcpy(planes, elements, count);
    return;
  }
#if defined(__x86_64__)
  if (instructions == WEFT_PLANES_AVX2) done = weft_planes_split_avx2(elements, count, form, planes);
#else
  (void)instructions;
#endif
  weft_planes_split_scalar(elements, done, count, form, planes);
}

void weft_planes_join(
  const uint8_t *const *planes, size_t count, weft_plane_form form, uint8_t *elements,
  weft_plane_instructions instructions)
{
  size_t done = 0;
  if (form.width == 1 && !form.rotates) {
    memcpy(elements, planes[0], count);
    return;
  }
#if defined(__x86_64__)
  if (instructions == WEFT_PLANES_AVX2) done = weft_planes_join_avx2(planes, count, form, elements);
#else
  (void)instructions;
#endif
  weft_planes_join_scalar(planes, done, count, form, elements);
}
