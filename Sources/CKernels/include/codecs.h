// Types whose elements are stored in blocks with shared scales. The functions check nothing: callers pass sizes that fit.
//
// The scalar functions define the results, bit for bit; the others are faster. Arithmetic is IEEE binary32 in the order of
// the reference encoders, without fused multiply-adds.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c
#ifndef WEFT_CODECS_H
#define WEFT_CODECS_H

#include <stddef.h>
#include <stdint.h>

/// The types in blocks.
typedef enum weft_code {
  WEFT_Q1_0, WEFT_Q2_0, WEFT_TQ1_0, WEFT_TQ2_0, WEFT_IQ1_S, WEFT_IQ1_M, WEFT_IQ2_XXS, WEFT_IQ2_XS, WEFT_IQ2_S,
  WEFT_IQ3_XXS, WEFT_IQ3_S, WEFT_IQ4_XS, WEFT_IQ4_NL, WEFT_MXFP4, WEFT_NVFP4, WEFT_Q2_K, WEFT_Q3_K, WEFT_Q4_K,
  WEFT_Q5_K, WEFT_Q6_K, WEFT_Q8_K, WEFT_Q4_0, WEFT_Q4_1, WEFT_Q5_0, WEFT_Q5_1, WEFT_Q8_0, WEFT_Q8_1,
  WEFT_CODE_COUNT
} weft_code;

/// The instruction sets that functions are written for, from the one that every processor has.
typedef enum weft_isa { WEFT_SCALAR, WEFT_AVX2, WEFT_AVX512, WEFT_ISA_COUNT } weft_isa;

/// The best instruction set that this processor has; AVX-512 means F, BW, DQ and VL.
weft_isa weft_best_isa(void);

/// Writes rows of blocks for values [rows, columns], where `columns` is a whole number of blocks.
///
/// `weights` [columns] say how much each column's error counts, in every row; NULL asks for the reference encoder.
/// Any values give defined bytes; those of NaN and infinite values mean nothing.
typedef void (*weft_encoder)(
  const float *values, const float *weights, size_t rows, size_t columns, uint8_t *blocks);

/// Writes the values of blocks; any bytes have values, and NaN has one form, 0x7FC00000.
typedef void (*weft_decoder)(const uint8_t *blocks, size_t block_count, float *values);

/// The encoder of a type, the best for the instruction set; NULL for types that are only decoded.
weft_encoder weft_encoder_of(weft_code code, weft_isa isa);

/// The decoder of a type, the best for the instruction set.
weft_decoder weft_decoder_of(weft_code code, weft_isa isa);

/// The blocks of which a scale is NaN or infinite, or stands for NaN.
uint64_t weft_count_broken_blocks(weft_code code, const uint8_t *blocks, size_t block_count);

#endif
