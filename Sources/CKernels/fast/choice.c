#include "../include/fast.h"

weft_fast_isa weft_best_fast_isa(void) {
#if defined(__x86_64__)
  if (weft_best_isa() == WEFT_AVX512) {
    return __builtin_cpu_supports("avx512bf16") ? WEFT_FAST_AVX512_BF16 : WEFT_FAST_AVX512;
  }
  if (weft_best_isa() == WEFT_AVX2 && __builtin_cpu_supports("fma")) return WEFT_FAST_AVX2;
#endif
  return WEFT_FAST_SCALAR;
}

bool weft_has_integer_products(void) {
#if defined(__x86_64__)
  return weft_best_isa() == WEFT_AVX512 && __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}
