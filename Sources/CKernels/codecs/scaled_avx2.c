#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

// Without `fma`: a product and a sum stay two roundings.
#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)

#define WEFT_LANES 8
#define WEFT_SCALED_TABLE weft_scaled_avx2

#include "scaled_lanes.h"

#include "scaled_table.h"

#pragma clang attribute pop
#endif
