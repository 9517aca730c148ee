// Byte planes: the bytes of elements, all first bytes, then all second ones, and so on.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The widest elements, in bytes.
#define WEFT_PLANES_MAXIMUM_WIDTH 8

/// What elements are: 1, 2, 4 or 8 bytes, the least significant one first.
typedef struct {
  int width;
  /// Whether each element is rotated by one bit to the left before it is taken apart: the sign of a float goes from the
  /// highest bit to the lowest, so that the exponent starts where a plane does.
  bool rotates;
} weft_plane_form;

/// Which instructions do the work; the bytes are the same.
typedef enum { WEFT_PLANES_SCALAR, WEFT_PLANES_AVX2 } weft_plane_instructions;

/// The fastest that this machine has.
weft_plane_instructions weft_planes_best(void);

/// Takes elements apart: plane k, whose byte i is byte k of element i, starts at `planes` + k * count.
void weft_planes_split(
  const uint8_t *elements, size_t count, weft_plane_form form, uint8_t *planes,
  weft_plane_instructions instructions);

/// Puts elements together of their planes, each of `count` bytes.
void weft_planes_join(
  const uint8_t *const *planes, size_t count, weft_plane_form form, uint8_t *elements,
  weft_plane_instructions instructions);

/// What a sample of bytes says of all of them.
typedef struct {
  /// How many bytes were looked at.
  uint64_t count;
  /// How many of them have the most frequent value.
  uint64_t most;
  /// The sum of the squares of the values' counts: `count`² when all are equal, about `count`² / 256 + `count` for noise.
  uint64_t squares;
} weft_plane_sample;

/// Looks at bytes all over a plane: at all of a small one, and at 8 KiB of a larger one.
weft_plane_sample weft_planes_sample(const uint8_t *plane, size_t count);
