// 32 elements at a time: even and odd bytes are separated, and those again, until each vector is of one plane.
#include "planes.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include <immintrin.h>

#define GROUP 32

WEFT_INLINE __m256i load(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

WEFT_INLINE void store(uint8_t *bytes, __m256i value) { _mm256_storeu_si256((__m256i *)bytes, value); }

/// Every lane rotated by one bit; bytes are not rotated, since no float is one byte of sign and exponent.
WEFT_INLINE __m256i rotated_left(__m256i x, int width) {
  switch (width) {
    case 2: return _mm256_or_si256(_mm256_add_epi16(x, x), _mm256_srli_epi16(x, 15));
    case 4: return _mm256_or_si256(_mm256_add_epi32(x, x), _mm256_srli_epi32(x, 31));
    default: return _mm256_or_si256(_mm256_add_epi64(x, x), _mm256_srli_epi64(x, 63));
  }
}

WEFT_INLINE __m256i rotated_right(__m256i x, int width) {
  switch (width) {
    case 2: return _mm256_or_si256(_mm256_srli_epi16(x, 1), _mm256_slli_epi16(x, 15));
    case 4: return _mm256_or_si256(_mm256_srli_epi32(x, 1), _mm256_slli_epi32(x, 31));
    default: return _mm256_or_si256(_mm256_srli_epi64(x, 1), _mm256_slli_epi64(x, 63));
  }
}

/// The bytes at even places of 64 bytes, in order.
WEFT_INLINE __m256i even(__m256i a, __m256i b) {
  __m256i low = _mm256_set1_epi16(0xFF);
  __m256i packed = _mm256_packus_epi16(_mm256_and_si256(a, low), _mm256_and_si256(b, low));
  return _mm256_permute4x64_epi64(packed, 0xD8);
}

/// The bytes at odd places of 64 bytes, in order.
WEFT_INLINE __m256i odd(__m256i a, __m256i b) {
  __m256i packed = _mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8));
  return _mm256_permute4x64_epi64(packed, 0xD8);
}

/// Separates the bytes of `count` vectors, in turn those of one plane and those of the other.
WEFT_INLINE void separate(const __m256i *in, int count, __m256i *evens, __m256i *odds) {
  for (int i = 0; i < count / 2; i++) {
    evens[i] = even(in[2 * i], in[2 * i + 1]);
    odds[i] = odd(in[2 * i], in[2 * i + 1]);
  }
}

/// The opposite of `separate`.
WEFT_INLINE void alternate(const __m256i *evens, const __m256i *odds, int count, __m256i *out) {
  for (int i = 0; i < count / 2; i++) {
    __m256i first = _mm256_unpacklo_epi8(evens[i], odds[i]);
    __m256i second = _mm256_unpackhi_epi8(evens[i], odds[i]);
    out[2 * i] = _mm256_permute2x128_si256(first, second, 0x20);
    out[2 * i + 1] = _mm256_permute2x128_si256(first, second, 0x31);
  }
}

/// The planes of a group, a vector each, of the elements' own vectors.
WEFT_INLINE void split_group(const __m256i *in, int width, __m256i *planes) {
  if (width == 1) {
    planes[0] = in[0];
    return;
  }
  __m256i evens[4], odds[4];  // planes 0, 2, 4, 6 and 1, 3, 5, 7
  separate(in, width, evens, odds);
  if (width == 2) {
    planes[0] = evens[0];
    planes[1] = odds[0];
    return;
  }
  __m256i quarters[4][2];  // planes 0 4, 1 5, 2 6, 3 7
  separate(evens, width / 2, quarters[0], quarters[2]);
  separate(odds, width / 2, quarters[1], quarters[3]);
  for (int k = 0; k < 4; k++) {
    if (width == 4) planes[k] = quarters[k][0];
    else separate(quarters[k], 2, &planes[k], &planes[k + 4]);
  }
}

/// The opposite of `split_group`.
WEFT_INLINE void join_group(const __m256i *planes, int width, __m256i *out) {
  if (width == 1) {
    out[0] = planes[0];
    return;
  }
  if (width == 2) return alternate(&planes[0], &planes[1], 2, out);
  __m256i quarters[4][2];
  for (int k = 0; k < 4; k++) {
    if (width == 4) quarters[k][0] = planes[k];
    else alternate(&planes[k], &planes[k + 4], 2, quarters[k]);
  }
  __m256i evens[4], odds[4];
  alternate(quarters[0], quarters[2], width / 2, evens);
  alternate(quarters[1], quarters[3], width / 2, odds);
  alternate(evens, odds, width, out);
}

WEFT_INLINE size_t split(
  const uint8_t *elements, size_t count, int width, bool rotates, uint8_t *planes)
{
  size_t i = 0;
  for (; i + GROUP <= count; i += GROUP) {
    __m256i in[WEFT_PLANES_MAXIMUM_WIDTH], out[WEFT_PLANES_MAXIMUM_WIDTH];
    for (int k = 0; k < width; k++) {
      in[k] = load(elements + i * width + GROUP * k);
      if (rotates) in[k] = rotated_left(in[k], width);
    }
    split_group(in, width, out);
    for (int k = 0; k < width; k++) store(planes + k * count + i, out[k]);
  }
  return i;
}

WEFT_INLINE size_t join(
  const uint8_t *const *planes, size_t count, int width, bool rotates, uint8_t *elements)
{
  size_t i = 0;
  for (; i + GROUP <= count; i += GROUP) {
    __m256i in[WEFT_PLANES_MAXIMUM_WIDTH], out[WEFT_PLANES_MAXIMUM_WIDTH];
    for (int k = 0; k < width; k++) in[k] = load(planes[k] + i);
    join_group(in, width, out);
    for (int k = 0; k < width; k++) {
      if (rotates) out[k] = rotated_right(out[k], width);
      store(elements + i * width + GROUP * k, out[k]);
    }
  }
  return i;
}

size_t weft_planes_split_avx2(
  const uint8_t *elements, size_t count, weft_plane_form form, uint8_t *planes)
{
  switch (form.width) {
    case 2: return split(elements, count, 2, form.rotates, planes);
    case 4: return split(elements, count, 4, form.rotates, planes);
    case 8: return split(elements, count, 8, form.rotates, planes);
    default: return 0;
  }
}

size_t weft_planes_join_avx2(
  const uint8_t *const *planes, size_t count, weft_plane_form form, uint8_t *elements)
{
  switch (form.width) {
    case 2: return join(planes, count, 2, form.rotates, elements);
    case 4: return join(planes, count, 4, form.rotates, elements);
    case 8: return join(planes, count, 8, form.rotates, elements);
    default: return 0;
  }
}

#pragma clang attribute pop
#endif
