#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)

#define WEFT_ELEMENTS_TABLE weft_fast_elements_avx512
#define WEFT_LANES 16

#include "elements_table.h"

#pragma clang attribute pop
#endif
