// The sixteen levels of IQ4_NL and IQ4_XS.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h (kvalues_iq4nl)
#ifndef WEFT_SMALL_IQ4_H
#define WEFT_SMALL_IQ4_H

static const float weft_iq4_levels[16] = {
  -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// Halfway between the levels; the upper level is taken there.
static const float weft_iq4_middles[15] = {
  -115.5f, -93.5f, -74, -57, -42, -28.5f, -16, -4.5f, 7, 19, 31.5f, 45.5f, 61, 79, 101};

#endif
