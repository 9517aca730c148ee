#include "small/encoders.h"

#define SCALAR(name, code) [code] = weft_scalar_encode_##name,
#define AVX2(name, code) [code] = weft_avx2_encode_##name,
#define AVX512(name, code) [code] = weft_avx512_encode_##name,

static const weft_encoder encoders[WEFT_ISA_COUNT][WEFT_CODE_COUNT] = {
  [WEFT_SCALAR] = {WEFT_SMALL_TYPES(SCALAR)},
#if defined(__x86_64__)
  [WEFT_AVX2] = {WEFT_SMALL_TYPES(AVX2)},
  [WEFT_AVX512] = {WEFT_SMALL_TYPES(AVX512)},
#endif
};

weft_encoder weft_small_encoder(weft_code code, weft_isa isa) { return encoders[isa][code]; }
