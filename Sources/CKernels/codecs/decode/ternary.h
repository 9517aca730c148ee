// TQ1_0 and TQ2_0: 256 elements of -1, 0 or 1.

/// What bytes stand for: three times the byte, divided by 256, is the first trit.
WEFT_LANES signed16 first_trits(bytes16 bytes) {
  return (signed16)(bytes < 86) - (signed16)(bytes > 170);
}

/// Writes five trits of each byte, `stride` elements apart.
WEFT_LANES void put_trits(float *values, bytes16 bytes, int stride, float scale) {
  for (int n = 0; n < 5; n++) {
    put(values + n * stride, first_trits(bytes), scale);
    bytes = bytes + bytes + bytes;
  }
}

WEFT_LANES void tq1_0_values(const tq1_0_block *block, float *values) {
  const bytes16 powers = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};
  float d = half_at(block->d);
  put_trits(values, bytes_at(block->qs), 32, d);
  put_trits(values + 16, bytes_at(block->qs + 16), 32, d);
  put_trits(values + 160, bytes_at(block->qs + 32), 16, d);
  bytes16 last = (bytes16)((words4){0} + word_at(block->qh));
  put(values + 240, first_trits(last * powers), d);
}

WEFT_LANES void tq2_0_values(const tq2_0_block *block, float *values) {
  float d = half_at(block->d);
  for (int i = 0; i < 4; i++) {
    bytes16 quants = bytes_at(block->qs + 16 * i);
    float *part = values + 128 * (i / 2) + 16 * (i % 2);
    for (int n = 0; n < 4; n++) put(part + 32 * n, (signed16)(quants >> 2 * n & 3) - 1, d);
  }
}
