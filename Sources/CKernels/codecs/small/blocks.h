// How the blocks of the small types lie in memory. Halves and words are little-endian and need no alignment.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h
#ifndef WEFT_SMALL_BLOCKS_H
#define WEFT_SMALL_BLOCKS_H

#include <stdint.h>

#define WEFT_PACKED __attribute__((packed))

/// 32 elements. Byte j of `codes` holds the code of element j below that of element j + 16.
typedef struct WEFT_PACKED weft_q4_0 { uint16_t scale; uint8_t codes[16]; } weft_q4_0;
typedef struct WEFT_PACKED weft_q4_1 { uint16_t scale, least; uint8_t codes[16]; } weft_q4_1;

/// 32 elements. Bit j of `high` is the fifth bit of element j's code.
typedef struct WEFT_PACKED weft_q5_0 { uint16_t scale; uint32_t high; uint8_t codes[16]; } weft_q5_0;
typedef struct WEFT_PACKED weft_q5_1 {
  uint16_t scale, least; uint32_t high; uint8_t codes[16];
} weft_q5_1;

typedef struct WEFT_PACKED weft_q8_0 { uint16_t scale; int8_t codes[32]; } weft_q8_0;

typedef struct WEFT_PACKED weft_iq4_nl { uint16_t scale; uint8_t codes[16]; } weft_iq4_nl;

/// 8 times 32 elements, each with a scale of 6 bits: four in `scales_low`, two in `scales_high`.
typedef struct WEFT_PACKED weft_iq4_xs {
  uint16_t scale, scales_high; uint8_t scales_low[4]; uint8_t codes[8][16];
} weft_iq4_xs;

/// 256 elements: 160 in `first`, five a byte, 80 in `second`, five a byte, 16 in `last`, four a byte.
typedef struct WEFT_PACKED weft_tq1_0 {
  uint8_t first[32], second[16], last[4]; uint16_t scale;
} weft_tq1_0;

/// 2 times 128 elements. Byte j of a half holds elements j, j + 32, j + 64 and j + 96, the first lowest.
typedef struct WEFT_PACKED weft_tq2_0 { uint8_t codes[2][32]; uint16_t scale; } weft_tq2_0;

/// 32 elements; `exponent` is a power of two as E8M0.
typedef struct WEFT_PACKED weft_mxfp4 { uint8_t exponent; uint8_t codes[16]; } weft_mxfp4;

/// 4 times 16 elements, each with a scale as unsigned E4M3; codes of element j and j + 8 share a byte.
typedef struct WEFT_PACKED weft_nvfp4 { uint8_t scales[4]; uint8_t codes[4][8]; } weft_nvfp4;

/// 128 elements. Bit j % 8 of byte j / 8 says that element j is not negative.
typedef struct WEFT_PACKED weft_q1_0 { uint16_t scale; uint8_t signs[16]; } weft_q1_0;

/// 64 elements, four successive ones a byte, the first lowest.
typedef struct WEFT_PACKED weft_q2_0 { uint16_t scale; uint8_t codes[16]; } weft_q2_0;

_Static_assert(sizeof(weft_q4_0) == 18 && sizeof(weft_q4_1) == 20, "");
_Static_assert(sizeof(weft_q5_0) == 22 && sizeof(weft_q5_1) == 24 && sizeof(weft_q8_0) == 34, "");
_Static_assert(sizeof(weft_iq4_nl) == 18 && sizeof(weft_iq4_xs) == 136, "");
_Static_assert(sizeof(weft_tq1_0) == 54 && sizeof(weft_tq2_0) == 66, "");
_Static_assert(sizeof(weft_mxfp4) == 17 && sizeof(weft_nvfp4) == 36, "");
_Static_assert(sizeof(weft_q1_0) == 18 && sizeof(weft_q2_0) == 18, "");

#endif
