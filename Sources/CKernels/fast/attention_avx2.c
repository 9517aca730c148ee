#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define ATTEND_BLOCK weft_attend_avx2
#define LANES 8
#define TILE 4
#define CHANNELS 4
#define HIGHER(a, b) _mm256_max_ps(a, b)
#define RIFFLE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define RIFFLE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

#include "attention_lanes.h"

#include "attention_weights_f32.h"

#include "attention_pack.h"

#include "attention_tiles.h"

#include "attention_strip.h"

#include "attention_block.h"

#pragma clang attribute pop
#endif
