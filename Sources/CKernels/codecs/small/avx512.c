// The encoders of the small types for AVX-512.
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,f16c"))), apply_to = function)

#define WEFT_LANES 16
#define WEFT_ISA_NAME(name) weft_avx512_##name

#include "levels_avx512.h"
#include "simd.h"

#pragma clang attribute pop

#endif
