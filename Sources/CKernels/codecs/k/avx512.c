#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,f16c"))), apply_to = function)

#define LANES WEFT_AVX512_LANES

#include "lanes.h"
#include "lanes_blocks.h"
#include "lanes_affine_search.h"
#include "lanes_positive_search.h"
#include "lanes_affine.h"
#include "lanes_symmetric_search.h"
#include "lanes_symmetric.h"

void weft_quantise_q2k_avx512(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_affine(&weft_q2k_form, rows, first, blocks);
}

void weft_quantise_q3k_avx512(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_symmetric(&weft_q3k_form, rows, first, blocks);
}

void weft_quantise_q4k_avx512(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_affine(&weft_q4k_form, rows, first, blocks);
}

void weft_quantise_q5k_avx512(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_affine(&weft_q5k_form, rows, first, blocks);
}

void weft_quantise_q6k_avx512(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_symmetric(&weft_q6k_form, rows, first, blocks);
}

#pragma clang attribute pop
#endif
