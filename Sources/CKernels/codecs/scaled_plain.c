#include "scaled_runs.h"

#define WEFT_SCALED_TABLE weft_scaled_plain

#include "scaled_table.h"

const weft_scaled_kernels *weft_scaled_kernels_of(weft_isa isa) {
#if defined(__x86_64__)
  if (isa == WEFT_AVX512) return &weft_scaled_avx512;
  if (isa == WEFT_AVX2) return &weft_scaled_avx2;
#endif
  (void)isa;
  return &weft_scaled_plain;
}
