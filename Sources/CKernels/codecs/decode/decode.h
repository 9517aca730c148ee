// The decoders and counters of all types, by `weft_code`.
#ifndef WEFT_DECODE_H
#define WEFT_DECODE_H

#include "../../include/codecs.h"

extern const weft_decoder weft_plain_decoders[WEFT_CODE_COUNT];
#if defined(__x86_64__)
extern const weft_decoder weft_avx2_decoders[WEFT_CODE_COUNT];
extern const weft_decoder weft_avx512_decoders[WEFT_CODE_COUNT];
#endif

/// Counts the blocks of which a scale is NaN or infinite, or stands for NaN.
typedef uint64_t (*weft_counter)(const uint8_t *blocks, size_t block_count);

extern const weft_counter weft_broken_counters[WEFT_CODE_COUNT];

#endif
