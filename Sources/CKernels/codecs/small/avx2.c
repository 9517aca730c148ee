// The encoders of the small types for AVX2.
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)

#define WEFT_LANES 8
#define WEFT_ISA_NAME(name) weft_avx2_##name

#include "levels_avx2.h"
#include "simd.h"

#pragma clang attribute pop

#endif
