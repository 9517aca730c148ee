#if defined(__x86_64__)
#include <math.h>
#include <string.h>

// Without `fma`: a product and a sum stay two roundings, so that the bits are those of the plain functions.
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2"))), apply_to = function)

#define WEFT_COMPUTE_TABLE weft_compute_avx512

#include "table.h"

#pragma clang attribute pop
#endif
