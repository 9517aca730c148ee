#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), apply_to = function)

#define WEFT_ELEMENTS_TABLE weft_fast_elements_avx512_bf16
#define WEFT_LANES 16
#define WEFT_HAS_BF16

#include "elements_table.h"

#pragma clang attribute pop
#endif
