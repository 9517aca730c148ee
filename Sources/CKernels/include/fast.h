// The arithmetic of the quick backend. The functions check nothing: callers pass sizes that fit.
//
// Scalar functions define the results; those of vectors sum in another order and round products and sums once, so they are
// equal within the rounding of the type, and the same from run to run and for any number of threads.
#ifndef WEFT_FAST_H
#define WEFT_FAST_H

#include <stdbool.h>

#include "codecs.h"

/// How the values of an activation are stored.
typedef enum weft_element { WEFT_ELEMENT_F32, WEFT_ELEMENT_BF16 } weft_element;

/// The instructions that the quick kernels are compiled for.
typedef enum weft_fast_isa {
  WEFT_FAST_SCALAR,
  WEFT_FAST_AVX2,         // AVX2 and FMA
  WEFT_FAST_AVX512,       // AVX-512 F, BW, DQ, VL
  WEFT_FAST_AVX512_BF16,  // and products of bfloat16
  WEFT_FAST_ISA_COUNT
} weft_fast_isa;

/// The best that this processor has.
weft_fast_isa weft_best_fast_isa(void);

/// Whether this processor multiplies 8-bit integers more quickly than floats, and without saturating in between.
bool weft_has_integer_products(void);

#endif
