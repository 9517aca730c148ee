#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define WEFT_ELEMENTS_TABLE weft_fast_elements_avx2
#define WEFT_LANES 8

#include "elements_table.h"

#pragma clang attribute pop
#endif
