#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define ATTEND_BLOCK weft_attend_avx2
#define LANES 8
#define STRIP 2
#define TILE 6
#define CHANNELS 4
#define WEIGHS_BETWEEN false
#define HIGHER(a, b) _mm256_max_ps(a, b)
#define LOAD_BYTES(source, count) load_words(source, (count) / 4)
#define RIFFLE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define RIFFLE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

#include "attention_lanes.h"

/// At most LANES words, zeros behind them.
INLINE lanes load_words(const void *source, size_t count) {
  const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)count), index);
  return _mm256_maskload_ps(source, mask);
}

#include "attention_weights_f32.h"

#include "attention_kernel.h"

#pragma clang attribute pop
#endif
