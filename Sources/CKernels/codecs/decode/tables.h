// IQ4_NL, IQ4_XS, MXFP4 and NVFP4: codes of four bits that number the values of a table.

WEFT_LANES signed16 iq4_values(void) {
  return (signed16){-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
}

/// Twice the values of E2M1.
WEFT_LANES signed16 fp4_values(void) {
  return (signed16){0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
}

/// Writes 32 elements of 16 bytes.
WEFT_LANES void put_looked_up(float *values, const uint8_t *codes, signed16 table, float scale) {
  bytes16 quants = bytes_at(codes);
  put(values, look_up(quants & 15, table), scale);
  put(values + 16, look_up(quants >> 4, table), scale);
}

WEFT_LANES void iq4_nl_values(const iq4_nl_block *block, float *values) {
  put_looked_up(values, block->qs, iq4_values(), half_at(block->d));
}

WEFT_LANES void iq4_xs_values(const iq4_xs_block *block, float *values) {
  float d = half_at(block->d);
  uint32_t low = word_at(block->scales_low), high = short_at(block->scales_high);
  for (int i = 0; i < 8; i++) {
    int scale = (int)((low >> 4 * i & 15) | (high >> 2 * i & 3) << 4) - 32;
    put_looked_up(values + 32 * i, block->qs + 16 * i, iq4_values(), d * (float)scale);
  }
}

/// Half the value of E8M0, for the table has twice the values.
WEFT_LANES float half_of_e8m0(uint8_t e) {
  return float_of_bits(e < 2 ? 0x00200000u << e : (uint32_t)(e - 1) << 23);
}

WEFT_LANES void mxfp4_values(const mxfp4_block *block, float *values) {
  put_looked_up(values, block->qs, fp4_values(), half_of_e8m0(block->e));
}

/// Half the value of UE4M3, for the table has twice the values; zero for NaN. The sign counts for nothing.
WEFT_LANES float half_of_ue4m3(uint8_t d) {
  // The bits are those of a half with a bias that is greater by eight.
  return d == 0x7F ? 0 : half_of_bits((uint16_t)((d & 0x7F) << 7)) * 128;
}

WEFT_LANES void nvfp4_values(const nvfp4_block *block, float *values) {
  for (int i = 0; i < 4; i++) {
    bytes16 codes = nibbles_of(long_at(block->qs + 8 * i));
    put(values + 16 * i, look_up(codes, fp4_values()), half_of_ue4m3(block->d[i]));
  }
}
