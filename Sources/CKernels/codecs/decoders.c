#include "decode/decode.h"

weft_decoder weft_decoder_of(weft_code code, weft_isa isa) {
#if defined(__x86_64__)
  if (isa == WEFT_AVX512) return weft_avx512_decoders[code];
  if (isa == WEFT_AVX2) return weft_avx2_decoders[code];
#endif
  (void)isa;
  return weft_plain_decoders[code];
}

uint64_t weft_count_broken_blocks(weft_code code, const uint8_t *blocks, size_t block_count) {
  return weft_broken_counters[code](blocks, block_count);
}
