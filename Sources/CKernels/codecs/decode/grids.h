// The codebooks of the IQ1, IQ2 and IQ3 types: 8 or 4 values an entry, a byte each, the first in the lowest byte.
//
// The tables are written as the codes of the values, 2 bits (IQ1, IQ2) or 4 bits (IQ3) each.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h
#ifndef WEFT_GRIDS_H
#define WEFT_GRIDS_H

#include <stdint.h>

/// Eight times the values -1, 0 and 1, which leaves room for the offset of an eighth that they get.
extern const uint64_t weft_iq1_s_grid[2048];

extern const uint64_t weft_iq2_xxs_grid[256];
extern const uint64_t weft_iq2_xs_grid[512];
extern const uint64_t weft_iq2_s_grid[1024];
extern const uint32_t weft_iq3_xxs_grid[256];
extern const uint32_t weft_iq3_s_grid[512];

#define IQ1_VALUE(code) (8 * (code) - 8)
#define IQ2_VALUE(code) (8 + 17 * (code) + (code) / 2)        // 8, 25, 43
#define IQ3_XXS_VALUE(code) (4 + 8 * (code) + (code) / 7 * 2)  // 4, 12, ..., 52, 62
#define IQ3_S_VALUE(code) (1 + 2 * (code))

#define WEFT_PLACE8(codes, place, value) \
  ((uint64_t)(uint8_t)value(((codes) >> 2 * (place)) & 3) << 8 * (place))
#define WEFT_HALF8(codes, place, value) \
  (WEFT_PLACE8(codes, place, value) | WEFT_PLACE8(codes, place + 1, value) \
   | WEFT_PLACE8(codes, place + 2, value) | WEFT_PLACE8(codes, place + 3, value))
#define WEFT_PLACE4(codes, place, value) \
  ((uint32_t)value(((codes) >> 4 * (place)) & 7) << 8 * (place))
#define WEFT_ENTRY4(codes, value) \
  (WEFT_PLACE4(codes, 0, value) | WEFT_PLACE4(codes, 1, value) | WEFT_PLACE4(codes, 2, value) \
   | WEFT_PLACE4(codes, 3, value))

#define IQ1_ENTRY(codes) (WEFT_HALF8(codes, 0, IQ1_VALUE) | WEFT_HALF8(codes, 4, IQ1_VALUE))
#define IQ2_ENTRY(codes) (WEFT_HALF8(codes, 0, IQ2_VALUE) | WEFT_HALF8(codes, 4, IQ2_VALUE))
#define IQ3_XXS_ENTRY(codes) WEFT_ENTRY4(codes, IQ3_XXS_VALUE)
#define IQ3_S_ENTRY(codes) WEFT_ENTRY4(codes, IQ3_S_VALUE)

#endif
