// The byte layouts of the K-quants.
// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h
#include <string.h>

#include "block.h"

static void put_f16(uint8_t *bytes, uint16_t half) {
  bytes[0] = (uint8_t)half;
  bytes[1] = (uint8_t)(half >> 8);
}

/// The lower two bits of the levels, four to a byte: elements 32 apart.
static void put_quarters(const uint8_t *levels, uint8_t *bytes) {
  for (int chunk = 0; chunk < 2; chunk++, levels += 128, bytes += 32) {
    for (int i = 0; i < 32; i++) {
      bytes[i] = (uint8_t)(
        (levels[i] & 3) | (levels[i + 32] & 3) << 2 | (levels[i + 64] & 3) << 4
        | (levels[i + 96] & 3) << 6);
    }
  }
}

/// The lower four bits of the levels, two to a byte: elements `distance` apart.
static void put_nibbles(const uint8_t *levels, int distance, uint8_t *bytes) {
  for (int start = 0; start < WEFT_K_SIZE; start += 2 * distance, bytes += distance) {
    for (int i = 0; i < distance; i++) {
      bytes[i] =
        (uint8_t)((levels[start + i] & 15) | (levels[start + i + distance] & 15) << 4);
    }
  }
}

/// One bit of the levels, eight to a byte: elements 32 apart.
static void put_bits(const uint8_t *levels, int shift, uint8_t *bytes) {
  for (int i = 0; i < 32; i++) {
    int bits = 0;
    for (int group = 0; group < 8; group++) {
      bits |= (levels[i + 32 * group] >> shift & 1) << group;
    }
    bytes[i] = (uint8_t)bits;
  }
}

/// Eight scales and offsets of six bits in 12 bytes: the upper bits of the second four lie above the first four.
static void put_six_bit_pairs(const weft_k_block *block, uint8_t *bytes) {
  for (int j = 0; j < 4; j++) {
    int scale = block->scales[j + 4], offset = block->offsets[j + 4];
    bytes[j] = (uint8_t)(block->scales[j] | (scale >> 4) << 6);
    bytes[j + 4] = (uint8_t)(block->offsets[j] | (offset >> 4) << 6);
    bytes[j + 8] = (uint8_t)((scale & 15) | (offset & 15) << 4);
  }
}

// 84 bytes: 16 x (scale, offset) of 4 bits; 64 x 4 levels of 2 bits; units of scale and offset f16
void weft_pack_q2k(const weft_k_block *block, uint8_t *bytes) {
  for (int j = 0; j < 16; j++) {
    bytes[j] = (uint8_t)(block->scales[j] | block->offsets[j] << 4);
  }
  put_quarters(block->levels, bytes + 16);
  put_f16(bytes + 80, block->unit);
  put_f16(bytes + 82, block->unit_of_offset);
}

// 110 bytes: 32 x 8 third bits of levels; 64 x 4 lower 2 bits; 16 scales + 32 of 6 bits; unit f16
void weft_pack_q3k(const weft_k_block *block, uint8_t *bytes) {
  put_bits(block->levels, 2, bytes);
  put_quarters(block->levels, bytes + 32);
  uint8_t *packed = bytes + 96;
  memset(packed, 0, 12);
  for (int j = 0; j < 16; j++) {
    int scale = block->scales[j] + 32;
    packed[j % 8] |= (uint8_t)((scale & 15) << 4 * (j / 8));
    packed[8 + j % 4] |= (uint8_t)((scale >> 4) << 2 * (j / 4));
  }
  put_f16(bytes + 108, block->unit);
}

// 144 bytes: units of scale and offset f16; 8 x (scale, offset) of 6 bits; 128 x 2 levels of 4 bits
void weft_pack_q4k(const weft_k_block *block, uint8_t *bytes) {
  put_f16(bytes, block->unit);
  put_f16(bytes + 2, block->unit_of_offset);
  put_six_bit_pairs(block, bytes + 4);
  put_nibbles(block->levels, 32, bytes + 16);
}

// 176 bytes: as Q4_K, with 32 x 8 fifth bits of levels before the nibbles
void weft_pack_q5k(const weft_k_block *block, uint8_t *bytes) {
  put_f16(bytes, block->unit);
  put_f16(bytes + 2, block->unit_of_offset);
  put_six_bit_pairs(block, bytes + 4);
  put_bits(block->levels, 4, bytes + 16);
  put_nibbles(block->levels, 32, bytes + 48);
}

// 210 bytes: 128 x 2 lower 4 bits of levels; 64 x 4 upper 2 bits; 16 scales of 8 bits; unit f16
void weft_pack_q6k(const weft_k_block *block, uint8_t *bytes) {
  uint8_t upper[WEFT_K_SIZE];
  for (int i = 0; i < WEFT_K_SIZE; i++) upper[i] = block->levels[i] >> 4;
  put_nibbles(block->levels, 64, bytes);
  put_quarters(upper, bytes + 128);
  memcpy(bytes + 192, block->scales, 16);
  put_f16(bytes + 208, block->unit);
}
