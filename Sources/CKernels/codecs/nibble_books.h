// The values of the types of half a byte, and where bitsandbytes draws the lines between them.
#ifndef WEFT_NIBBLE_BOOKS_H
#define WEFT_NIBBLE_BOOKS_H

/// NF4: the quantiles of the normal distribution.
static const float weft_nf4_book[16] = {
  -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
  -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
  0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
  0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
};

/// The FP4 of bitsandbytes: 0, 1/16, 8, 12, 4, 6, 2, 3 over 12, then the same below zero.
static const float weft_bnb_fp4_book[16] = {
  0.0f, 0x1.555556p-8f, 0x1.555556p-1f, 1.0f, 0x1.555556p-2f, 0.5f, 0x1.555556p-3f, 0.25f,
  0.0f, -0x1.555556p-8f, -0x1.555556p-1f, -1.0f, -0x1.555556p-2f, -0.5f, -0x1.555556p-3f, -0.25f,
};

static const float weft_e2m1_book[16] = {
  0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f,
  -0.0f, -0.5f, -1.0f, -1.5f, -2.0f, -3.0f, -4.0f, -6.0f,
};

/// A list of values in ascending order, and the lines between neighbours, half-way in float32.
///
/// A value above a line belongs to the upper neighbour, one on it to the lower. NaN is above all lines.
typedef struct nibble_ladder {
  float lines[15];
  unsigned char codes[16];
} nibble_ladder;

static const nibble_ladder weft_nf4_ladder = {
  .lines = {
    -0x1.b239bp-1f, -0x1.38a4ep-1f, -0x1.d709p-2f, -0x1.5bd4ecp-2f, -0x1.e079d8p-3f,
    -0x1.1a7178p-3f, -0x1.74f0e2p-5f, 0x1.45f5fep-5f, 0x1.ec90c4p-4f, 0x1.a0cfcp-3f,
    0x1.2b05a8p-2f, 0x1.8ea7f2p-2f, 0x1.00da08p-1f, 0x1.491b5ep-1f, 0x1.b913b4p-1f,
  },
  .codes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
};

/// The code 0 takes what is between zero and the line below it, the code 8, which is zero too, what is above zero.
static const nibble_ladder weft_bnb_fp4_ladder = {
  .lines = {
    -0x1.aaaaacp-1f, -0x1.2aaaacp-1f, -0x1.aaaaacp-2f, -0x1.2aaaacp-2f, -0x1.aaaaacp-3f,
    -0x1.6p-4f, -0x1.555556p-9f, 0.0f, 0x1.555556p-9f, 0x1.6p-4f, 0x1.aaaaacp-3f,
    0x1.2aaaacp-2f, 0x1.aaaaacp-2f, 0x1.2aaaacp-1f, 0x1.aaaaacp-1f,
  },
  .codes = {11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3},
};

#endif
