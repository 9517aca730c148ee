// The IQ1, IQ2 and IQ3 types: 256 elements, in eights or fours that number an entry of a codebook.
//
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c

/// Writes two entries of eight with signs, of which a bit is set where the value is negative.
WEFT_LANES void put_signed(float *values, longs2 entries, uint16_t signs, float scale) {
  bytes16 negative = masks_of(signs);
  put(values, (signed16)(((bytes16)entries ^ negative) - negative), scale);
}

/// Four groups of seven signs, each with an eighth that makes their number even.
WEFT_LANES uint32_t even_signs(uint32_t packed) {
  uint32_t signs = (packed & 0x7F) | (packed << 1 & 0x7F00) | (packed << 2 & 0x7F0000)
    | (packed << 3 & 0x7F000000);
  uint32_t odd = signs ^ signs >> 4;
  odd ^= odd >> 2;
  odd ^= odd >> 1;
  return signs | (odd & 0x01010101) << 7;
}

WEFT_LANES void iq2_xxs_values(const iq2_xxs_block *block, float *values) {
  const uint64_t *grid = weft_iq2_xxs_grid;
  float d = half_at(block->d);
  for (int i = 0; i < 8; i++) {
    const uint8_t *codes = block->qs + 8 * i;
    uint32_t packed = word_at(codes + 4);  // 4 x 7 signs, 4 bits of scale
    uint32_t signs = even_signs(packed);
    float scale = d * (0.5f + (float)(packed >> 28)) * 0.25f;
    longs2 one = {grid[codes[0]], grid[codes[1]]}, two = {grid[codes[2]], grid[codes[3]]};
    put_signed(values + 32 * i, one, (uint16_t)signs, scale);
    put_signed(values + 32 * i + 16, two, (uint16_t)(signs >> 16), scale);
  }
}

/// A quarter of d * (0.5 + a nibble).
WEFT_LANES float iq2_scale(float d, const uint8_t *scales, int index) {
  return d * (0.5f + (float)(scales[index / 2] >> 4 * (index % 2) & 15)) * 0.25f;
}

WEFT_LANES void iq2_xs_values(const iq2_xs_block *block, float *values) {
  const uint64_t *grid = weft_iq2_xs_grid;
  float d = half_at(block->d);
  for (int i = 0; i < 16; i++) {
    uint32_t codes = word_at(block->qs + 4 * i);  // 2 x (9 bits of number, 7 signs)
    uint32_t signs = even_signs((codes >> 9 & 0x7F) | codes >> 25 << 7);
    longs2 entries = {grid[codes & 511], grid[codes >> 16 & 511]};
    put_signed(values + 16 * i, entries, (uint16_t)signs, iq2_scale(d, block->scales, i));
  }
}

WEFT_LANES void iq2_s_values(const iq2_s_block *block, float *values) {
  const uint64_t *grid = weft_iq2_s_grid;
  float d = half_at(block->d);
  for (int i = 0; i < 16; i++) {
    const uint8_t *codes = block->qs + 2 * i;
    uint32_t high = (uint32_t)block->qh[i / 2] >> 4 * (i % 2);
    longs2 entries = {grid[codes[0] | (high & 3) << 8], grid[codes[1] | (high >> 2 & 3) << 8]};
    uint16_t signs = short_at(block->signs + 2 * i);
    put_signed(values + 16 * i, entries, signs, iq2_scale(d, block->scales, i));
  }
}

WEFT_LANES uint64_t joined(uint32_t low, uint32_t high) { return low | (uint64_t)high << 32; }

WEFT_LANES void iq3_xxs_values(const iq3_xxs_block *block, float *values) {
  const uint32_t *grid = weft_iq3_xxs_grid;
  float d = half_at(block->d);
  for (int i = 0; i < 8; i++) {
    uint32_t packed = word_at(block->signs + 4 * i);  // 4 x 7 signs, 4 bits of scale
    uint32_t signs = even_signs(packed);
    float scale = d * (0.5f + (float)(packed >> 28)) * 0.5f;
    for (int half = 0; half < 2; half++) {
      const uint8_t *q = block->qs + 8 * i + 4 * half;
      longs2 entries = {joined(grid[q[0]], grid[q[1]]), joined(grid[q[2]], grid[q[3]])};
      put_signed(values + 32 * i + 16 * half, entries, (uint16_t)(signs >> 16 * half), scale);
    }
  }
}

WEFT_LANES void iq3_s_values(const iq3_s_block *block, float *values) {
  const uint32_t *grid = weft_iq3_s_grid;
  float d = half_at(block->d);
  for (int i = 0; i < 16; i++) {
    const uint8_t *q = block->qs + 4 * i;
    uint32_t high = (uint32_t)block->qh[i / 2] >> 4 * (i % 2) << 8;
    float scale = d * (float)(1 + 2 * (block->scales[i / 4] >> 4 * (i / 2 % 2) & 15));
    longs2 entries = {
      joined(grid[q[0] | (high & 256)], grid[q[1] | (high >> 1 & 256)]),
      joined(grid[q[2] | (high >> 2 & 256)], grid[q[3] | (high >> 3 & 256)]),
    };
    put_signed(values + 16 * i, entries, short_at(block->signs + 2 * i), scale);
  }
}

/// The shift of eight values by an eighth, in the unit of the codebook, which is an eighth too.
WEFT_LANES uint64_t iq1_shift(uint32_t negative) {
  return negative ? 0xFFFFFFFFFFFFFFFFu : 0x0101010101010101u;
}

WEFT_LANES void iq1_s_values(const iq1_s_block *block, float *values) {
  const uint64_t *grid = weft_iq1_s_grid;
  float d = half_at(block->d);
  for (int i = 0; i < 8; i++) {
    const uint8_t *q = block->qs + 4 * i;
    uint32_t high = short_at(block->qh + 2 * i);  // 4 x 3 upper bits, 3 of scale, sign of the shift
    float scale = d * (float)(2 * (high >> 12 & 7) + 1) * 0.125f;
    longs2 shift = (longs2){0} + iq1_shift(high >> 15);
    longs2 one = {grid[q[0] | (high & 7) << 8], grid[q[1] | (high >> 3 & 7) << 8]};
    longs2 two = {grid[q[2] | (high >> 6 & 7) << 8], grid[q[3] | (high >> 9 & 7) << 8]};
    put(values + 32 * i, (signed16)one + (signed16)shift, scale);
    put(values + 32 * i + 16, (signed16)two + (signed16)shift, scale);
  }
}

WEFT_LANES void iq1_m_values(const iq1_m_block *block, float *values) {
  const uint64_t *grid = weft_iq1_s_grid;
  float d = half_of_bits(iq1_m_scale(block));
  for (int i = 0; i < 16; i++) {
    const uint8_t *q = block->qs + 2 * i;
    uint32_t high = block->qh[i];  // 2 x (3 upper bits, sign of the shift)
    uint32_t factor = (uint32_t)short_at(block->scales + i / 4 * 2) >> 3 * (i % 4) & 7;
    float scale = d * (float)(2 * factor + 1) * 0.125f;
    longs2 entries = {grid[q[0] | (high & 7) << 8], grid[q[1] | (high >> 4 & 7) << 8]};
    longs2 shifts = {iq1_shift(high & 8), iq1_shift(high & 128)};
    put(values + 16 * i, (signed16)entries + (signed16)shifts, scale);
  }
}
