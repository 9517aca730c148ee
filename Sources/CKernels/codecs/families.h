// Where the codecs of each family of types are found; NULL for types that are not of the family.
#ifndef WEFT_CODEC_FAMILIES_H
#define WEFT_CODEC_FAMILIES_H

#include "codecs.h"

/// Q4_0 to Q8_0, IQ4_NL and IQ4_XS, the ternary types, MXFP4 and NVFP4.
weft_encoder weft_small_encoder(weft_code code, weft_isa isa);

/// Q2_K to Q6_K.
weft_encoder weft_k_encoder(weft_code code, weft_isa isa);

#endif
