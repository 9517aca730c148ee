// The encoders for an instruction set. Before this file, WEFT_LANES and WEFT_ISA_NAME(name) are defined and one of the
// headers levels_*.h is included.
#ifndef WEFT_SMALL_SIMD_H
#define WEFT_SMALL_SIMD_H

#include "lanes_iq4.h"
#include "lanes_legacy.h"
#include "lanes_q1_0.h"
#include "wide_fp4.h"
#include "wide_legacy.h"
#include "wide_ternary.h"

/// Types that are encoded across blocks, with weights or without.
#define WEFT_DEFINE_LANES_ENCODER(name, length)                                          \
  void WEFT_ISA_NAME(encode_##name)(WEFT_ENCODER_PARAMETERS) {                           \
    static const lanes_type type = {length, sizeof(weft_##name), lanes_encode_##name, false}; \
    lanes_encode_all(&type, values, weights, rows, columns, blocks);                     \
  }

/// Types that are encoded across blocks where there are weights.
#define WEFT_DEFINE_WEIGHTED_ENCODER(name)                                               \
  static void weighted_encode_##name(WEFT_ENCODER_PARAMETERS) {                          \
    static const lanes_type type = {32, sizeof(weft_##name), lanes_encode_##name, true}; \
    lanes_encode_all(&type, values, weights, rows, columns, blocks);                     \
  }                                                                                      \
  void WEFT_ISA_NAME(encode_##name)(WEFT_ENCODER_PARAMETERS) {                           \
    if (weights) {                                                                       \
      weighted_encode_##name(values, weights, rows, columns, blocks);                    \
      return;                                                                            \
    }                                                                                    \
    weft_##name *block = (weft_##name *)blocks;                                          \
    for (size_t i = 0; i < rows * columns / 32; i++) {                                   \
      wide_encode_##name(values + i * 32, block + i);                                    \
    }                                                                                    \
  }

WEFT_DEFINE_WEIGHTED_ENCODER(q4_0)
WEFT_DEFINE_WEIGHTED_ENCODER(q4_1)
WEFT_DEFINE_WEIGHTED_ENCODER(q5_0)
WEFT_DEFINE_WEIGHTED_ENCODER(q5_1)
WEFT_DEFINE_WIDE_ENCODER(q8_0, 32)
WEFT_DEFINE_LANES_ENCODER(iq4_nl, 32)
WEFT_DEFINE_LANES_ENCODER(iq4_xs, 256)
WEFT_DEFINE_WIDE_ENCODER(tq1_0, 256)
WEFT_DEFINE_WIDE_ENCODER(tq2_0, 256)
WEFT_DEFINE_WIDE_ENCODER(mxfp4, 32)
WEFT_DEFINE_WIDE_ENCODER(nvfp4, 64)
WEFT_DEFINE_LANES_ENCODER(q1_0, 128)
WEFT_DEFINE_WIDE_ENCODER(q2_0, 64)

#endif
