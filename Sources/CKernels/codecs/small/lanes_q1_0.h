// Q1_0, as scalar_ternary.c defines it: the magnitudes are added in order.
#ifndef WEFT_LANES_Q1_0_H
#define WEFT_LANES_Q1_0_H

#include "lanes_rows.h"
#include "wide.h"

static void lanes_encode_q1_0(const lanes_blocks *blocks) {
  lanes_f x[128], sum = 0;
  uint16_t scales[WEFT_LANES];
  lanes_load(blocks->values, 128, x);
  for (int j = 0; j < 128; j++) sum += lanes_magnitude(x[j]);
  lanes_halves(sum / 128, scales);
  for (size_t i = 0; i < WEFT_LANES; i++) {
    weft_q1_0 *block = (weft_q1_0 *)blocks->blocks[i];
    block->scale = scales[i];
    for (size_t j = 0; j < 4; j++) {
      uint32_t signs = wide_bits(wide_load(blocks->values[i] + 32 * j) >= 0);
      memcpy(block->signs + 4 * j, &signs, sizeof signs);
    }
  }
}

#endif
