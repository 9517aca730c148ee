#include "../include/fast_elements.h"

extern const weft_fast_elements weft_fast_elements_scalar;

#if defined(__x86_64__)
extern const weft_fast_elements weft_fast_elements_avx2, weft_fast_elements_avx512,
  weft_fast_elements_avx512_bf16;
#endif

const weft_fast_elements *weft_fast_elements_of(weft_fast_isa isa) {
#if defined(__x86_64__)
  if (isa == WEFT_FAST_AVX512_BF16) return &weft_fast_elements_avx512_bf16;
  if (isa == WEFT_FAST_AVX512) return &weft_fast_elements_avx512;
  if (isa == WEFT_FAST_AVX2) return &weft_fast_elements_avx2;
#endif
  (void)isa;
  return &weft_fast_elements_scalar;
}
