// Elements and how much their errors count, for the types that are searched with weights.
#ifndef WEFT_LANES_WEIGHTED_H
#define WEFT_LANES_WEIGHTED_H

#include "lanes.h"

/// 32 elements a lane and their weights, [32, lanes].
typedef struct lanes_weighted { lanes_f x[32], w[32]; } lanes_weighted;

WEFT_INLINE void lanes_weigh(const lanes_blocks *blocks, lanes_weighted *block) {
  lanes_load(blocks->values, 32, block->x);
  lanes_load(blocks->weights, 32, block->w);
  for (int j = 0; j < 32; j++) {
    block->w[j] *= __builtin_elementwise_sqrt(blocks->mean_square + block->x[j] * block->x[j]);
  }
}

#endif
