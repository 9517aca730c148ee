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

#define WEFT_DEFINE_PLAIN(name, length)                                                  \
  static void plain_encode_##name(const float *values, size_t count, uint8_t *blocks) {  \
    weft_##name *block = (weft_##name *)blocks;                                          \
    for (size_t i = 0; i < count / length; i++) {                                        \
      wide_encode_##name(values + i * length, block + i);                                \
    }                                                                                    \
  }

#define WEFT_DEFINE_LANES(name, length, needs_mean_square)                               \
  static void across_encode_##name(WEFT_ENCODER_PARAMETERS) {                            \
    static const lanes_type type = {                                                     \
      length, sizeof(weft_##name), lanes_encode_##name, needs_mean_square};              \
    lanes_encode_all(&type, values, weights, rows, columns, blocks);                     \
  }

/// Types that weights do not change: one block at a time.
#define WEFT_DEFINE_UNWEIGHTED(name, length)                                             \
  WEFT_DEFINE_PLAIN(name, length)                                                        \
  void WEFT_ISA_NAME(encode_##name)(WEFT_ENCODER_PARAMETERS) {                           \
    (void)weights;                                                                       \
    plain_encode_##name(values, rows * columns, blocks);                                 \
  }

/// Types that are encoded across blocks, with weights or without.
#define WEFT_DEFINE_ACROSS(name, length)                                                 \
  WEFT_DEFINE_LANES(name, length, false)                                                 \
  void WEFT_ISA_NAME(encode_##name)(WEFT_ENCODER_PARAMETERS) {                           \
    across_encode_##name(values, weights, rows, columns, blocks);                        \
  }

/// Types that are encoded across blocks where there are weights.
#define WEFT_DEFINE_EITHER(name, length)                                                 \
  WEFT_DEFINE_PLAIN(name, length)                                                        \
  WEFT_DEFINE_LANES(name, length, true)                                                  \
  void WEFT_ISA_NAME(encode_##name)(WEFT_ENCODER_PARAMETERS) {                           \
    if (weights) {                                                                       \
      across_encode_##name(values, weights, rows, columns, blocks);                      \
    } else {                                                                             \
      plain_encode_##name(values, rows * columns, blocks);                               \
    }                                                                                    \
  }

WEFT_DEFINE_EITHER(q4_0, 32)
WEFT_DEFINE_EITHER(q4_1, 32)
WEFT_DEFINE_EITHER(q5_0, 32)
WEFT_DEFINE_EITHER(q5_1, 32)
WEFT_DEFINE_UNWEIGHTED(q8_0, 32)
WEFT_DEFINE_ACROSS(iq4_nl, 32)
WEFT_DEFINE_ACROSS(iq4_xs, 256)
WEFT_DEFINE_UNWEIGHTED(tq1_0, 256)
WEFT_DEFINE_UNWEIGHTED(tq2_0, 256)
WEFT_DEFINE_UNWEIGHTED(mxfp4, 32)
WEFT_DEFINE_UNWEIGHTED(nvfp4, 64)
WEFT_DEFINE_ACROSS(q1_0, 128)
WEFT_DEFINE_UNWEIGHTED(q2_0, 64)

#endif
