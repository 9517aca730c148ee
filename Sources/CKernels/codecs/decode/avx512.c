#if defined(__x86_64__)
#include <immintrin.h>

#include "decode.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,f16c"))), apply_to = function)

#include "lanes.h"

#pragma STDC FP_CONTRACT OFF

#include "f16c.h"

#define WEFT_DECODERS weft_avx512_decoders
#include "decoders.h"

#pragma clang attribute pop
#endif
