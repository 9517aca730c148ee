// Rounding to bfloat16 in one instruction, to nearest even; numbers below the least normal one become zero.
#include <immintrin.h>

WEFT_INLINE halves narrowed(floats x) { return (halves)_mm512_cvtneps_pbh((__m512)x); }
