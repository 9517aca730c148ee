// Vectors of any width as the compiler knows them; see wide.h and lanes.h.
#ifndef WEFT_SMALL_VECTORS_H
#define WEFT_SMALL_VECTORS_H

#include <immintrin.h>

#include "scalar.h"

// All that take or return vectors are inlined: how a call would pass wide ones does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

#define WEFT_INLINE static inline __attribute__((always_inline))

#define WEFT_UNROLL _Pragma("clang loop unroll(full)")

typedef uint8_t vector_u8x8 __attribute__((ext_vector_type(8)));
typedef uint8_t vector_u8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t vector_u8x64 __attribute__((ext_vector_type(64)));
typedef uint16_t vector_u16x64 __attribute__((ext_vector_type(64)));
typedef uint32_t vector_u32x16 __attribute__((ext_vector_type(16)));
typedef int8_t vector_i8x16 __attribute__((ext_vector_type(16)));
typedef float vector_f32x16 __attribute__((ext_vector_type(16)));
typedef int32_t vector_i32x16 __attribute__((ext_vector_type(16)));

/// The nearest half, as weft_half rounds.
WEFT_INLINE uint16_t vector_half(float value) { return _cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT); }

#endif
