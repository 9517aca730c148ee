#include "blocks.h"
#include "decode.h"

#define WEFT_COUNTER(code, type, count, bytes, broken) \
  static uint64_t count_##type(const uint8_t *first, size_t block_count) { \
    const type##_block *block = (const type##_block *)first; \
    uint64_t total = 0; \
    for (size_t i = 0; i < block_count; i++, block++) total += (broken); \
    return total; \
  }
WEFT_BLOCK_TYPES(WEFT_COUNTER)

#define WEFT_COUNTER_OF(code, type, count, bytes, broken) [code] = count_##type,
const weft_counter weft_broken_counters[WEFT_CODE_COUNT] = {WEFT_BLOCK_TYPES(WEFT_COUNTER_OF)};
