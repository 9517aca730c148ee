#include "families.h"

weft_decoder weft_decoder_of(weft_code code, weft_isa isa) {
  (void)code, (void)isa;
  return NULL;
}

uint64_t weft_count_broken_blocks(weft_code code, const uint8_t *blocks, size_t block_count) {
  (void)code, (void)blocks, (void)block_count;
  return 0;
}
