// Finding the numbers of blocks, for each instruction set.
#ifndef WEFT_K_QUANTISERS_H
#define WEFT_K_QUANTISERS_H

#include "rows.h"

/// Finds the numbers of as many blocks as the instruction set has lanes, from the block `first` on.
///
/// Past the last block the result means nothing.
typedef void (*weft_k_quantiser)(const weft_k_rows *rows, size_t first, weft_k_block *blocks);

enum { WEFT_SCALAR_LANES = 1, WEFT_AVX2_LANES = 16, WEFT_AVX512_LANES = 32, WEFT_K_MAX_LANES = 32 };

#define WEFT_K_QUANTISERS(isa)                                                            \
  void weft_quantise_q2k_##isa(const weft_k_rows *rows, size_t first, weft_k_block *blocks); \
  void weft_quantise_q3k_##isa(const weft_k_rows *rows, size_t first, weft_k_block *blocks); \
  void weft_quantise_q4k_##isa(const weft_k_rows *rows, size_t first, weft_k_block *blocks); \
  void weft_quantise_q5k_##isa(const weft_k_rows *rows, size_t first, weft_k_block *blocks); \
  void weft_quantise_q6k_##isa(const weft_k_rows *rows, size_t first, weft_k_block *blocks);

/// These define the results.
WEFT_K_QUANTISERS(scalar)

#if defined(__x86_64__)
WEFT_K_QUANTISERS(avx2)
WEFT_K_QUANTISERS(avx512)
#endif

#endif
