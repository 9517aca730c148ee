// Q2_K to Q8_K: 256 elements in groups that have their own scales, which share one scale.

typedef float floats8 __attribute__((vector_size(32)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));

/// Writes scale * quant of eight quants.
WEFT_LANES void put_eight(float *products, uint64_t quants, float scale) {
  bytes8 bytes;
  memcpy(&bytes, &quants, sizeof bytes);
  floats8 values = __builtin_convertvector(bytes, floats8) * scale;
  memcpy(products, &values, sizeof values);
}

WEFT_LANES void q2_k_values(const q2_k_block *block, float *values) {
  bytes16 packed = bytes_at(block->scales);
  float scales[16], mins[16];
  put(scales, (signed16)(packed & 15), half_at(block->d));
  put(mins, (signed16)(packed >> 4), -half_at(block->dmin));
  for (int i = 0; i < 4; i++) {  // 16 bytes, of which each has elements of four groups
    bytes16 quants = bytes_at(block->qs + 16 * i);
    for (int n = 0; n < 4; n++) {
      int group = 8 * (i / 2) + 2 * n + i % 2;
      put_shifted(values + 16 * group, quants >> 2 * n & 3, scales[group], mins[group]);
    }
  }
}

/// Sixteen scales of six bits: the low nibbles of eight bytes, the high ones, and two bits each from four bytes.
WEFT_LANES signed16 q3_k_scales(const uint8_t scales[12]) {
  const words4 shifts = {0, 2, 4, 6};
  bytes16 low = nibbles_of(long_at(scales));
  words4 high = ((words4){0} + word_at(scales + 8)) >> shifts & 0x03030303u;
  return (signed16)(low | (bytes16)(high << 4)) - 32;
}

WEFT_LANES void q3_k_values(const q3_k_block *block, float *values) {
  float scales[16];
  put(scales, q3_k_scales(block->scales), half_at(block->d));
  for (int i = 0; i < 4; i++) {
    bytes16 quants = bytes_at(block->qs + 16 * i);
    bytes16 high = bytes_at(block->qh + 16 * (i % 2)) >> 4 * (i / 2);
    for (int n = 0; n < 4; n++) {
      int group = 8 * (i / 2) + 2 * n + i % 2;
      bytes16 codes = (quants >> 2 * n & 3) | (high >> n & 1) << 2;
      put(values + 16 * group, (signed16)codes - 4, scales[group]);
    }
  }
}

/// The scales of eight groups and their minima, negative: six bits each, two of which lie with the others' four.
WEFT_LANES void q4_k_scales(
    const uint8_t packed[12], float d, float dmin, float scales[8], float mins[8]) {
  uint32_t first = word_at(packed), second = word_at(packed + 4), nibbles = word_at(packed + 8);
  uint64_t high_scales = (nibbles & 0x0F0F0F0Fu) | (first >> 2 & 0x30303030u);
  uint64_t high_mins = (nibbles >> 4 & 0x0F0F0F0Fu) | (second >> 2 & 0x30303030u);
  put_eight(scales, high_scales << 32 | (first & 0x3F3F3F3Fu), d);
  put_eight(mins, high_mins << 32 | (second & 0x3F3F3F3Fu), -dmin);
}

WEFT_LANES void q4_k_values(const q4_k_block *block, float *values) {
  float scales[8], mins[8];
  q4_k_scales(block->scales, half_at(block->d), half_at(block->dmin), scales, mins);
  for (int i = 0; i < 8; i++) {  // 16 bytes, of which each has elements of two groups
    bytes16 quants = bytes_at(block->qs + 16 * i);
    int low = i / 2 * 2, high = low + 1;
    float *part = values + 32 * low + 16 * (i % 2);
    put_shifted(part, quants & 15, scales[low], mins[low]);
    put_shifted(part + 32, quants >> 4, scales[high], mins[high]);
  }
}

WEFT_LANES void q5_k_values(const q5_k_block *block, float *values) {
  float scales[8], mins[8];
  q4_k_scales(block->scales, half_at(block->d), half_at(block->dmin), scales, mins);
  for (int i = 0; i < 8; i++) {
    bytes16 quants = bytes_at(block->qs + 16 * i);
    int low = i / 2 * 2, high = low + 1;
    bytes16 bits = bytes_at(block->qh + 16 * (i % 2));
    float *part = values + 32 * low + 16 * (i % 2);
    put_shifted(part, (quants & 15) | (bits >> low & 1) << 4, scales[low], mins[low]);
    put_shifted(part + 32, quants >> 4 | (bits >> high & 1) << 4, scales[high], mins[high]);
  }
}

WEFT_LANES void q6_k_values(const q6_k_block *block, float *values) {
  float scales[16];
  put(scales, (signed16)bytes_at(block->scales), half_at(block->d));
  for (int i = 0; i < 4; i++) {  // 16 elements of four groups, 32 apart
    const uint8_t *quants = block->qs + 64 * (i / 2) + 16 * (i % 2);
    bytes16 one = bytes_at(quants), two = bytes_at(quants + 32);
    bytes16 high = bytes_at(block->qh + 16 * i);
    int group = 8 * (i / 2) + i % 2;
    float *part = values + 16 * group;
    put(part, (signed16)((one & 15) | (high << 4 & 0x30)) - 32, scales[group]);
    put(part + 32, (signed16)((two & 15) | (high << 2 & 0x30)) - 32, scales[group + 2]);
    put(part + 64, (signed16)(one >> 4 | (high & 0x30)) - 32, scales[group + 4]);
    put(part + 96, (signed16)(two >> 4 | (high >> 2 & 0x30)) - 32, scales[group + 6]);
  }
}

WEFT_LANES void q8_k_values(const q8_k_block *block, float *values) {
  float d = float_of_bits(word_at(block->d));
  for (int i = 0; i < 16; i++) put(values + 16 * i, (signed16)bytes_at(block->qs + 16 * i), d);
}
