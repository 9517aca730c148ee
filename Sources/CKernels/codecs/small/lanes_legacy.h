// Q4_0, Q4_1, Q5_0 and Q5_1 with weights, as scalar_weighted.c defines them.
#ifndef WEFT_LANES_LEGACY_H
#define WEFT_LANES_LEGACY_H

#include "lanes_affine.h"
#include "lanes_rows.h"
#include "lanes_symmetric.h"

/// The fifth bits of 32 codes.
WEFT_INLINE lanes_u lanes_pack_high(const lanes_u *codes) {
  lanes_u high = 0;
  WEFT_UNROLL for (int j = 0; j < 32; j++) high |= (codes[j] >> 4) << j;
  return high;
}

/// Defines how blocks with a scale are written: `STORE` writes the fields besides scale and nibbles.
#define WEFT_DEFINE_LANES_SYMMETRIC(name, half, STORE)                                   \
  static void lanes_encode_##name(const lanes_blocks *blocks) {                          \
    lanes_weighted block;                                                                \
    lanes_u codes[32];                                                                   \
    uint16_t scales[WEFT_LANES];                                                         \
    lanes_weigh(blocks, &block);                                                         \
    lanes_halves(lanes_search_symmetric(&block, half, codes), scales);                   \
    lanes_nibbles packed = lanes_pack_nibbles(codes);                                    \
    lanes_u high = lanes_pack_high(codes);                                               \
    for (size_t i = 0; i < WEFT_LANES; i++) {                                            \
      weft_##name *target = (weft_##name *)blocks->blocks[i];                            \
      target->scale = scales[i];                                                         \
      STORE;                                                                             \
      lanes_store_nibbles(&packed, i, target->codes);                                    \
    }                                                                                    \
  }

/// The same for blocks with a least value.
#define WEFT_DEFINE_LANES_AFFINE(name, most, STORE)                                      \
  static void lanes_encode_##name(const lanes_blocks *blocks) {                          \
    lanes_weighted block;                                                                \
    lanes_u codes[32];                                                                   \
    uint16_t scales[WEFT_LANES], least[WEFT_LANES];                                      \
    lanes_weigh(blocks, &block);                                                         \
    lanes_affine fit = lanes_search_affine(&block, most, codes);                         \
    lanes_halves(fit.scale, scales);                                                     \
    lanes_halves(fit.least, least);                                                      \
    lanes_nibbles packed = lanes_pack_nibbles(codes);                                    \
    lanes_u high = lanes_pack_high(codes);                                               \
    for (size_t i = 0; i < WEFT_LANES; i++) {                                            \
      weft_##name *target = (weft_##name *)blocks->blocks[i];                            \
      target->scale = scales[i];                                                         \
      target->least = least[i];                                                          \
      STORE;                                                                             \
      lanes_store_nibbles(&packed, i, target->codes);                                    \
    }                                                                                    \
  }

WEFT_DEFINE_LANES_SYMMETRIC(q4_0, 8, (void)high)
WEFT_DEFINE_LANES_SYMMETRIC(q5_0, 16, target->high = high[i])
WEFT_DEFINE_LANES_AFFINE(q4_1, 15, (void)high)
WEFT_DEFINE_LANES_AFFINE(q5_1, 31, target->high = high[i])

#endif
