// The same numbers of several blocks at a time: each lane is a block and does what the scalar functions do.
//
// Included by the file of each instruction set, which defines LANES. What is a branch there is a choice between two
// results here, and comparisons with NaN are false in both.
#include <stdbool.h>

#include "quantisers.h"

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

typedef float floats __attribute__((ext_vector_type(LANES)));
typedef int ints __attribute__((ext_vector_type(LANES)));

/// Whether any lane of a comparison holds.
INLINE bool any(ints mask) { return __builtin_reduce_or(mask) != 0; }

INLINE floats magnitude(floats x) { return __builtin_elementwise_abs(x); }

/// As `weft_nearest`.
INLINE floats nearest(floats x, float low, float high) {
  floats clamped = x > low ? x : low;
  clamped = clamped < high ? clamped : high;
  return __builtin_elementwise_roundeven(clamped);
}

/// Four values of four blocks, transposed.
INLINE void transpose4(const float *const *sources, size_t element, float *target) {
  typedef float quad __attribute__((ext_vector_type(4), aligned(4)));
  quad a = *(const quad *)(sources[0] + element), b = *(const quad *)(sources[1] + element);
  quad c = *(const quad *)(sources[2] + element), d = *(const quad *)(sources[3] + element);
  quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  quad AB = __builtin_shufflevector(a, b, 2, 6, 3, 7), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)target = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad *)(target + LANES) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(quad *)(target + 2 * LANES) = __builtin_shufflevector(AB, CD, 0, 1, 4, 5);
  *(quad *)(target + 3 * LANES) = __builtin_shufflevector(AB, CD, 2, 3, 6, 7);
}

/// The elements of blocks that lie anywhere: element i of block l becomes lane l of `target[i]`.
static void gather(const float *const *blocks, floats *target) {  // [256][LANES]
  for (size_t i = 0; i < WEFT_K_SIZE; i += 4) {
    for (size_t lane = 0; lane < LANES; lane += 4) {
      transpose4(blocks + lane, i, (float *)(target + i) + lane);
    }
  }
}

/// The index of the block in a lane; past the end, the last block again.
INLINE size_t index_of(const weft_k_rows *rows, size_t first, size_t lane) {
  size_t last = weft_k_block_count(rows) - 1;
  return first + lane < last ? first + lane : last;
}

static void gather_values(const weft_k_rows *rows, size_t first, floats *target) {
  const float *blocks[LANES];
  for (size_t lane = 0; lane < LANES; lane++) {
    blocks[lane] = rows->values + index_of(rows, first, lane) * WEFT_K_SIZE;
  }
  gather(blocks, target);
}

static void gather_importances(const weft_k_rows *rows, size_t first, floats *target) {
  const float *blocks[LANES];
  for (size_t lane = 0; lane < LANES; lane++) {
    blocks[lane] = weft_k_importances(rows, index_of(rows, first, lane));
  }
  gather(blocks, target);
}

/// Stores four levels of every lane where they belong.
INLINE void scatter_levels(const floats *levels, int element, weft_k_block *blocks) {
  ints word = __builtin_convertvector(levels[0], ints)
    | __builtin_convertvector(levels[1], ints) << 8 | __builtin_convertvector(levels[2], ints) << 16
    | __builtin_convertvector(levels[3], ints) << 24;
  for (int lane = 0; lane < LANES; lane++) {
    int four = word[lane];
    __builtin_memcpy(blocks[lane].levels + element, &four, 4);
  }
}

/// Units as f16.
INLINE ints f16_of(floats x) {
  typedef _Float16 halves __attribute__((ext_vector_type(LANES)));
  typedef short shorts __attribute__((ext_vector_type(LANES)));
  union { halves h; shorts s; } bits = {.h = __builtin_convertvector(x, halves)};
  return __builtin_convertvector(bits.s, ints) & 0xFFFF;
}

INLINE floats widen_f16(ints x) {
  typedef _Float16 halves __attribute__((ext_vector_type(LANES)));
  typedef short shorts __attribute__((ext_vector_type(LANES)));
  union { halves h; shorts s; } bits = {.s = __builtin_convertvector(x, shorts)};
  return __builtin_convertvector(bits.h, floats);
}
