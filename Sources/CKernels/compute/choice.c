#include "../include/compute.h"

extern const weft_compute weft_compute_plain;

#if defined(__x86_64__)
extern const weft_compute weft_compute_avx2, weft_compute_avx512;
#endif

const weft_compute *weft_compute_of(weft_isa isa) {
#if defined(__x86_64__)
  if (isa == WEFT_AVX512) return &weft_compute_avx512;
  if (isa == WEFT_AVX2) return &weft_compute_avx2;
#endif
  (void)isa;
  return &weft_compute_plain;
}
