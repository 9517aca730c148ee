// How blocks are stored: `d` scales them, `m` or `dmin` shifts them, `qs` are the elements' codes, `qh` their upper bits.
//
// All fields are bytes, so that blocks may lie anywhere; numbers of several bytes are little-endian, scales are f16.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h
#ifndef WEFT_BLOCKS_H
#define WEFT_BLOCKS_H

#include <stdbool.h>

#include "../../include/codecs.h"

typedef struct { uint8_t d[2], qs[16]; } q1_0_block;
typedef struct { uint8_t d[2], qs[16]; } q2_0_block;
typedef struct { uint8_t d[2], qs[16]; } q4_0_block;
typedef struct { uint8_t d[2], m[2], qs[16]; } q4_1_block;
typedef struct { uint8_t d[2], qh[4], qs[16]; } q5_0_block;
typedef struct { uint8_t d[2], m[2], qh[4], qs[16]; } q5_1_block;
typedef struct { uint8_t d[2], qs[32]; } q8_0_block;
typedef struct { uint8_t d[2], sum[2], qs[32]; } q8_1_block;

typedef struct { uint8_t scales[16], qs[64], d[2], dmin[2]; } q2_k_block;
typedef struct { uint8_t qh[32], qs[64], scales[12], d[2]; } q3_k_block;
typedef struct { uint8_t d[2], dmin[2], scales[12], qs[128]; } q4_k_block;
typedef struct { uint8_t d[2], dmin[2], scales[12], qh[32], qs[128]; } q5_k_block;
typedef struct { uint8_t qs[128], qh[64], scales[16], d[2]; } q6_k_block;
typedef struct { uint8_t d[4], qs[256], sums[32]; } q8_k_block;  // d is f32

typedef struct { uint8_t qs[48], qh[4], d[2]; } tq1_0_block;
typedef struct { uint8_t qs[64], d[2]; } tq2_0_block;
typedef struct { uint8_t d[2], qs[16]; } iq4_nl_block;
typedef struct { uint8_t d[2], scales_high[2], scales_low[4], qs[128]; } iq4_xs_block;
typedef struct { uint8_t e, qs[16]; } mxfp4_block;    // e is E8M0
typedef struct { uint8_t d[4], qs[32]; } nvfp4_block;  // d are UE4M3

typedef struct { uint8_t d[2], qs[32], qh[16]; } iq1_s_block;
typedef struct { uint8_t qs[32], qh[16], scales[8]; } iq1_m_block;  // d lies in the scales
typedef struct { uint8_t d[2], qs[64]; } iq2_xxs_block;
typedef struct { uint8_t d[2], qs[64], scales[8]; } iq2_xs_block;
typedef struct { uint8_t d[2], qs[32], signs[32], qh[8], scales[8]; } iq2_s_block;
typedef struct { uint8_t d[2], qs[64], signs[32]; } iq3_xxs_block;
typedef struct { uint8_t d[2], qs[64], qh[8], signs[32], scales[4]; } iq3_s_block;

/// Whether a half is NaN or infinite; given is its upper byte.
static inline bool half_is_broken(uint8_t upper) { return (upper & 0x7C) == 0x7C; }

/// Whether a float32 is NaN or infinite; given are its upper bytes.
static inline bool float_is_broken(const uint8_t upper[2]) {
  return (upper[1] & 0x7F) == 0x7F && (upper[0] & 0x80) != 0;
}

/// The scale of an IQ1_M block: four bits above each of four numbers of twelve.
static inline uint16_t iq1_m_scale(const iq1_m_block *block) {
  const uint8_t *s = block->scales;
  return (uint16_t)(s[1] >> 4 | (s[3] & 0xF0) | (s[5] & 0xF0) << 4 | (s[7] & 0xF0) << 8);
}

/// Whether one of four scales stands for NaN.
static inline bool nvfp4_is_broken(const uint8_t d[4]) {
  return (d[0] == 0x7F) | (d[1] == 0x7F) | (d[2] == 0x7F) | (d[3] == 0x7F);
}

#define WEFT_D half_is_broken(block->d[1])
#define WEFT_D_AND_M (half_is_broken(block->d[1]) | half_is_broken(block->m[1]))
#define WEFT_D_AND_DMIN (half_is_broken(block->d[1]) | half_is_broken(block->dmin[1]))

/// Of each type: its code, its name here, the elements and bytes of a block, and whether `block` has a broken scale.
#define WEFT_BLOCK_TYPES(X) \
  X(WEFT_Q1_0, q1_0, 128, 18, WEFT_D) \
  X(WEFT_Q2_0, q2_0, 64, 18, WEFT_D) \
  X(WEFT_Q4_0, q4_0, 32, 18, WEFT_D) \
  X(WEFT_Q4_1, q4_1, 32, 20, WEFT_D_AND_M) \
  X(WEFT_Q5_0, q5_0, 32, 22, WEFT_D) \
  X(WEFT_Q5_1, q5_1, 32, 24, WEFT_D_AND_M) \
  X(WEFT_Q8_0, q8_0, 32, 34, WEFT_D) \
  X(WEFT_Q8_1, q8_1, 32, 36, WEFT_D) \
  X(WEFT_Q2_K, q2_k, 256, 84, WEFT_D_AND_DMIN) \
  X(WEFT_Q3_K, q3_k, 256, 110, WEFT_D) \
  X(WEFT_Q4_K, q4_k, 256, 144, WEFT_D_AND_DMIN) \
  X(WEFT_Q5_K, q5_k, 256, 176, WEFT_D_AND_DMIN) \
  X(WEFT_Q6_K, q6_k, 256, 210, WEFT_D) \
  X(WEFT_Q8_K, q8_k, 256, 292, float_is_broken(block->d + 2)) \
  X(WEFT_TQ1_0, tq1_0, 256, 54, WEFT_D) \
  X(WEFT_TQ2_0, tq2_0, 256, 66, WEFT_D) \
  X(WEFT_IQ4_NL, iq4_nl, 32, 18, WEFT_D) \
  X(WEFT_IQ4_XS, iq4_xs, 256, 136, WEFT_D) \
  X(WEFT_MXFP4, mxfp4, 32, 17, block->e == 0xFF) \
  X(WEFT_NVFP4, nvfp4, 64, 36, nvfp4_is_broken(block->d)) \
  X(WEFT_IQ1_S, iq1_s, 256, 50, WEFT_D) \
  X(WEFT_IQ1_M, iq1_m, 256, 56, half_is_broken((uint8_t)(iq1_m_scale(block) >> 8))) \
  X(WEFT_IQ2_XXS, iq2_xxs, 256, 66, WEFT_D) \
  X(WEFT_IQ2_XS, iq2_xs, 256, 74, WEFT_D) \
  X(WEFT_IQ2_S, iq2_s, 256, 82, WEFT_D) \
  X(WEFT_IQ3_XXS, iq3_xxs, 256, 98, WEFT_D) \
  X(WEFT_IQ3_S, iq3_s, 256, 110, WEFT_D)

#define WEFT_CHECK_SIZE(code, type, count, bytes, broken) \
  static_assert(sizeof(type##_block) == bytes);
WEFT_BLOCK_TYPES(WEFT_CHECK_SIZE)

#endif
