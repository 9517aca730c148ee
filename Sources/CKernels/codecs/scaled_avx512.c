#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

// Without `fma`: a product and a sum stay two roundings.
#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,f16c"))), apply_to = function)

#define WEFT_LANES 16
#define WEFT_SCALED_TABLE weft_scaled_avx512

#include "scaled_lanes.h"

#include "scaled_table.h"

#pragma clang attribute pop
#endif
