#include "sha256.h"

#include <string.h>

// Source: https://doi.org/10.6028/NIST.FIPS.180-4, sections 4.1.2, 4.2.2, 5.3.3 and 6.2
const uint32_t weft_sha256_constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t x, int count) { return x >> count | x << (32 - count); }

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/// The 64 words that a block is stretched to.
static void schedule(const uint8_t *block, uint32_t words[64]) {
  for (int i = 0; i < 16; i++) words[i] = big_endian(block + 4 * i);
  for (int i = 16; i < 64; i++) {
    uint32_t a = words[i - 15], b = words[i - 2];
    uint32_t small = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3;
    uint32_t large = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10;
    words[i] = words[i - 16] + small + words[i - 7] + large;
  }
}

static void take_block(weft_sha256 *hash, const uint8_t *block) {
  uint32_t words[64], s[8];
  schedule(block, words);
  memcpy(s, hash->words, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t sum1 = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25);
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t first = s[7] + sum1 + choice + weft_sha256_constants[i] + words[i];
    uint32_t sum0 = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22);
    uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += first;
    s[0] = first + sum0 + majority;
  }
  for (int i = 0; i < 8; i++) hash->words[i] += s[i];
}

void weft_sha256_scalar(
    weft_sha256 *one, const uint8_t *data, size_t blocks, weft_sha256 *other,
    const uint8_t *other_data, size_t other_blocks) {
  for (size_t i = 0; i < blocks; i++) take_block(one, data + 64 * i);
  for (size_t i = 0; i < other_blocks; i++) take_block(other, other_data + 64 * i);
}

typedef void block_function(
  weft_sha256 *, const uint8_t *, size_t, weft_sha256 *, const uint8_t *, size_t);

static block_function *fastest(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1")) return weft_sha256_ni;
#endif
  return weft_sha256_scalar;
}

/// Fills an unfinished block; returns how many bytes it took.
static size_t fill(weft_sha256 *hash, const uint8_t *data, size_t count, block_function *take) {
  size_t filled = hash->byte_count % 64;
  hash->byte_count += count;
  if (filled == 0) return 0;
  size_t taken = count < 64 - filled ? count : 64 - filled;
  if (taken > 0) memcpy(hash->tail + filled, data, taken);
  if (filled + taken == 64) take(hash, hash->tail, 1, NULL, NULL, 0);
  return taken;
}

void weft_sha256_start(weft_sha256 *hash) {
  static const weft_sha256 empty = {.words = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  }};
  *hash = empty;
}

void weft_sha256_update(
    weft_sha256 *one, const void *data, size_t count, weft_sha256 *other, const void *other_data,
    size_t other_count, bool defining) {
  block_function *take = defining ? weft_sha256_scalar : fastest();
  const uint8_t *a = data, *b = other_data;
  size_t a_taken = fill(one, a, count, take), b_taken = fill(other, b, other_count, take);
  size_t a_blocks = (count - a_taken) / 64, b_blocks = (other_count - b_taken) / 64;
  take(one, a + a_taken, a_blocks, other, b + b_taken, b_blocks);
  a_taken += 64 * a_blocks;
  b_taken += 64 * b_blocks;
  // What is left starts a block, unless all of it went into the unfinished one.
  if (a_taken < count) memcpy(one->tail, a + a_taken, count - a_taken);
  if (b_taken < other_count) memcpy(other->tail, b + b_taken, other_count - b_taken);
}

void weft_sha256_finish(weft_sha256 *hash, uint8_t digest[32]) {
  uint8_t end[128] = {0};
  size_t filled = hash->byte_count % 64, blocks = filled < 56 ? 1 : 2;
  memcpy(end, hash->tail, filled);
  end[filled] = 0x80;
  for (int i = 0; i < 8; i++) {
    end[64 * blocks - 1 - i] = (uint8_t)(hash->byte_count * 8 >> (8 * i));
  }
  weft_sha256_scalar(hash, end, blocks, NULL, NULL, 0);
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->words[i / 4] >> (24 - 8 * (i % 4)));
}
