// All decoders, under the name WEFT_DECODERS. They need `half_of_bits` and `look_up`.
#include "grids.h"

WEFT_LANES float half_at(const uint8_t *bytes) { return half_of_bits(short_at(bytes)); }

#include "small.h"

#include "ternary.h"

#include "tables.h"

#include "super.h"

#include "codebooks.h"

#define WEFT_DECODER(code, type, count, bytes, broken) \
  static void decode_##type(const uint8_t *first, size_t block_count, float *restrict values) { \
    const type##_block *block = (const type##_block *)first; \
    for (size_t i = 0; i < block_count; i++, block++, values += count) { \
      type##_values(block, values); \
      if (__builtin_expect(broken, 0)) settle(values, count); \
    } \
  }
WEFT_BLOCK_TYPES(WEFT_DECODER)

#define WEFT_DECODER_OF(code, type, count, bytes, broken) [code] = decode_##type,
const weft_decoder WEFT_DECODERS[WEFT_CODE_COUNT] = {WEFT_BLOCK_TYPES(WEFT_DECODER_OF)};
