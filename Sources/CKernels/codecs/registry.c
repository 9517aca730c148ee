#include <stdbool.h>

#include "families.h"

weft_isa weft_best_isa(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
    && __builtin_cpu_supports("f16c");
  bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
    && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return has_avx2 ? (has_avx512 ? WEFT_AVX512 : WEFT_AVX2) : WEFT_SCALAR;
#else
  return WEFT_SCALAR;
#endif
}

weft_encoder weft_encoder_of(weft_code code, weft_isa isa) {
  weft_encoder encoder = weft_small_encoder(code, isa);
  return encoder ? encoder : weft_k_encoder(code, isa);
}
