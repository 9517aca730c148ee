#if defined(__x86_64__)
#pragma clang attribute push(                                                                \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,f16c"))), apply_to = function)

#define LANES WEFT_AVX512_LANES
#define NAMED(type) weft_quantise_##type##_avx512

#include "lanes.h"
#include "lanes_blocks.h"
#include "lanes_affine_search.h"
#include "lanes_positive_search.h"
#include "lanes_affine.h"
#include "lanes_symmetric_search.h"
#include "lanes_symmetric.h"
#include "lanes_quantisers.h"

#pragma clang attribute pop
#endif
