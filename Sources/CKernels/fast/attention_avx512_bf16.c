#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), \
    apply_to = function)

#define ATTEND_BLOCK weft_attend_avx512_bf16
#define LANES 16
#define STRIP 3
#define TILE 6
#define CHANNELS 8
#define WEIGHS_BETWEEN true

#include "attention_lanes.h"

#include "attention_lanes_avx512.h"

#include "attention_weights_bf16.h"

#include "attention_kernel.h"

#pragma clang attribute pop
#endif
