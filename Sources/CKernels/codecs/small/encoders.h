// The encoders of the small types by instruction set. The scalar ones define the bytes.
#ifndef WEFT_SMALL_ENCODERS_H
#define WEFT_SMALL_ENCODERS_H

#include "../families.h"

/// Calls `EACH(name, code)` for every small type.
#define WEFT_SMALL_TYPES(EACH)                                            \
  EACH(q4_0, WEFT_Q4_0) EACH(q4_1, WEFT_Q4_1) EACH(q5_0, WEFT_Q5_0)       \
  EACH(q5_1, WEFT_Q5_1) EACH(q8_0, WEFT_Q8_0) EACH(iq4_nl, WEFT_IQ4_NL)   \
  EACH(iq4_xs, WEFT_IQ4_XS) EACH(tq1_0, WEFT_TQ1_0) EACH(tq2_0, WEFT_TQ2_0) \
  EACH(mxfp4, WEFT_MXFP4) EACH(nvfp4, WEFT_NVFP4) EACH(q1_0, WEFT_Q1_0)   \
  EACH(q2_0, WEFT_Q2_0)

#define WEFT_ENCODER_PARAMETERS \
  const float *values, const float *weights, size_t rows, size_t columns, uint8_t *blocks

#define WEFT_DECLARE_ENCODERS(name, code)                       \
  void weft_scalar_encode_##name(WEFT_ENCODER_PARAMETERS); \
  void weft_avx2_encode_##name(WEFT_ENCODER_PARAMETERS);   \
  void weft_avx512_encode_##name(WEFT_ENCODER_PARAMETERS);

WEFT_SMALL_TYPES(WEFT_DECLARE_ENCODERS)

#endif
