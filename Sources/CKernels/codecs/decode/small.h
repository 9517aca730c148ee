// Q4_0 to Q8_1: 32 elements; the elements of a byte's nibbles are 16 apart. Q1_0 and Q2_0: elements side by side.

WEFT_LANES void q4_0_values(const q4_0_block *block, float *values) {
  float d = half_at(block->d);
  bytes16 quants = bytes_at(block->qs);
  put(values, (signed16)(quants & 15) - 8, d);
  put(values + 16, (signed16)(quants >> 4) - 8, d);
}

WEFT_LANES void q4_1_values(const q4_1_block *block, float *values) {
  float d = half_at(block->d), m = half_at(block->m);
  bytes16 quants = bytes_at(block->qs);
  put_shifted(values, quants & 15, d, m);
  put_shifted(values + 16, quants >> 4, d, m);
}

WEFT_LANES void q5_0_values(const q5_0_block *block, float *values) {
  float d = half_at(block->d);
  bytes16 quants = bytes_at(block->qs);
  bytes16 low = (quants & 15) | (masks_of(short_at(block->qh)) & 16);
  bytes16 high = (quants >> 4) | (masks_of(short_at(block->qh + 2)) & 16);
  put(values, (signed16)low - 16, d);
  put(values + 16, (signed16)high - 16, d);
}

WEFT_LANES void q5_1_values(const q5_1_block *block, float *values) {
  float d = half_at(block->d), m = half_at(block->m);
  bytes16 quants = bytes_at(block->qs);
  put_shifted(values, (quants & 15) | (masks_of(short_at(block->qh)) & 16), d, m);
  put_shifted(values + 16, (quants >> 4) | (masks_of(short_at(block->qh + 2)) & 16), d, m);
}

WEFT_LANES void q8_0_values(const q8_0_block *block, float *values) {
  float d = half_at(block->d);
  put(values, (signed16)bytes_at(block->qs), d);
  put(values + 16, (signed16)bytes_at(block->qs + 16), d);
}

WEFT_LANES void q8_1_values(const q8_1_block *block, float *values) {
  float d = half_at(block->d);
  put(values, (signed16)bytes_at(block->qs), d);
  put(values + 16, (signed16)bytes_at(block->qs + 16), d);
}

WEFT_LANES void q1_0_values(const q1_0_block *block, float *values) {
  float d = half_at(block->d);
  for (int i = 0; i < 8; i++) {
    bytes16 set = masks_of(short_at(block->qs + 2 * i));
    put(values + 16 * i, (signed16)(~set | 1), d);  // 1 where the bit is set, else -1
  }
}

/// Eight codes of two bits as bytes.
WEFT_LANES uint64_t spread(uint64_t codes) {
  codes = (codes | codes << 24) & 0x000000FF000000FFu;
  codes = (codes | codes << 12) & 0x000F000F000F000Fu;
  return (codes | codes << 6) & 0x0303030303030303u;
}

WEFT_LANES void q2_0_values(const q2_0_block *block, float *values) {
  float d = half_at(block->d);
  for (int i = 0; i < 4; i++) {
    const uint8_t *codes = block->qs + 4 * i;
    longs2 quants = {spread(short_at(codes)), spread(short_at(codes + 2))};
    put(values + 16 * i, (signed16)quants - 1, d);
  }
}
