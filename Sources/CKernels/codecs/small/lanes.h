// Many blocks at a time, one a lane, so that sums keep the order in which the scalar functions add.
//
// Before this file, WEFT_LANES is defined: 8 for AVX2, 16 for AVX-512.
#ifndef WEFT_SMALL_LANES_H
#define WEFT_SMALL_LANES_H

#include "vectors.h"

typedef float lanes_f __attribute__((ext_vector_type(WEFT_LANES)));
typedef int32_t lanes_i __attribute__((ext_vector_type(WEFT_LANES)));
typedef uint32_t lanes_u __attribute__((ext_vector_type(WEFT_LANES)));

#if WEFT_LANES == 16
#define LANES_INTERLEAVE_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define LANES_INTERLEAVE_HIGH(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#else
#define LANES_INTERLEAVE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define LANES_INTERLEAVE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#endif

/// Interleaving the first half of the vectors with the second, as often as the lanes can be halved, transposes them.
WEFT_INLINE void lanes_interleave(lanes_f *vectors) {
  lanes_f mixed[WEFT_LANES];
  WEFT_UNROLL for (int i = 0; i < WEFT_LANES / 2; i++) {
    mixed[2 * i] = LANES_INTERLEAVE_LOW(vectors[i], vectors[i + WEFT_LANES / 2]);
    mixed[2 * i + 1] = LANES_INTERLEAVE_HIGH(vectors[i], vectors[i + WEFT_LANES / 2]);
  }
  WEFT_UNROLL for (int i = 0; i < WEFT_LANES; i++) vectors[i] = mixed[i];
}

/// Loads `count` elements from each of the lanes' places, [lanes, count], into `target` [count, lanes]; `count` is a
/// multiple of the number of lanes.
WEFT_INLINE void lanes_load(const float *const *places, size_t count, lanes_f *target) {
  for (size_t start = 0; start < count; start += WEFT_LANES) {
    lanes_f tile[WEFT_LANES];
    WEFT_UNROLL for (int i = 0; i < WEFT_LANES; i++) {
      memcpy(&tile[i], places[i] + start, sizeof tile[i]);
    }
    WEFT_UNROLL for (int halves = WEFT_LANES; halves > 1; halves /= 2) lanes_interleave(tile);
    WEFT_UNROLL for (int i = 0; i < WEFT_LANES; i++) target[start + (size_t)i] = tile[i];
  }
}

WEFT_INLINE lanes_f lanes_magnitude(lanes_f x) {
  return __builtin_bit_cast(lanes_f, __builtin_bit_cast(lanes_i, x) & 0x7FFFFFFF);
}

/// The value with the largest magnitude, as weft_extreme finds it.
WEFT_INLINE lanes_f lanes_extreme(const lanes_f *x, size_t count) {
  lanes_f greatest = 0, extreme = 0;
  for (size_t j = 0; j < count; j++) {
    lanes_f magnitude = lanes_magnitude(x[j]);
    extreme = greatest < magnitude ? x[j] : extreme;
    greatest = greatest < magnitude ? magnitude : greatest;
  }
  return extreme;
}

WEFT_INLINE lanes_f lanes_clamp(lanes_f value, float least, float most) {
  lanes_f raised = value > least ? value : least;
  return raised < most ? raised : most;
}

/// The nearest whole number, as weft_nearest rounds.
WEFT_INLINE lanes_f lanes_nearest(lanes_f value) {
  lanes_i fraction = __builtin_bit_cast(lanes_i, value + 0x1.8p23f) & 0x7FFFFF;
  return __builtin_bit_cast(lanes_f, fraction | 0x4B000000) - 0x1.8p23f;
}

WEFT_INLINE void lanes_halves(lanes_f values, uint16_t *halves) {
#if WEFT_LANES == 16
  __m256i rounded = _mm512_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT);
#else
  __m128i rounded = _mm256_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT);
#endif
  memcpy(halves, &rounded, sizeof rounded);
}

/// Four words of 32 codes of four bits, `j` and `j + 16` in one byte.
typedef struct lanes_nibbles { lanes_u words[4]; } lanes_nibbles;

WEFT_INLINE lanes_nibbles lanes_pack_nibbles(const lanes_u *codes) {
  lanes_nibbles packed;
  for (int i = 0; i < 4; i++) {
    lanes_u word = 0;
    WEFT_UNROLL for (int j = 0; j < 4; j++) {
      word |= ((codes[4 * i + j] & 15) | (codes[4 * i + j + 16] & 15) << 4) << (8 * j);
    }
    packed.words[i] = word;
  }
  return packed;
}

/// Writes the 16 bytes of one lane.
WEFT_INLINE void lanes_store_nibbles(const lanes_nibbles *packed, size_t lane, uint8_t *target) {
  for (size_t i = 0; i < 4; i++) {
    uint32_t word;
    memcpy(&word, (const uint32_t *)&packed->words[i] + lane, sizeof word);
    memcpy(target + 4 * i, &word, sizeof word);
  }
}

/// One block a lane: where its values, its columns' weights and its bytes are. Lanes may repeat a block.
typedef struct lanes_blocks {
  const float *values[WEFT_LANES];
  const float *weights[WEFT_LANES];
  uint8_t *blocks[WEFT_LANES];
  lanes_f mean_square;
} lanes_blocks;

typedef void (*lanes_encode)(const lanes_blocks *blocks);

#endif
