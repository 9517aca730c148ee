#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("sha,sse4.1,ssse3"))), apply_to = function)

#include <immintrin.h>

#include "sha256.h"

#define WEFT_INLINE static inline __attribute__((always_inline))

/// A hash in registers: the words in the order that the instructions want, and the last sixteen of the schedule.
typedef struct lane {
  __m128i abef, cdgh, start_abef, start_cdgh, words[4];
} lane;

WEFT_INLINE lane load_state(const weft_sha256 *hash) {
  __m128i dcba = _mm_loadu_si128((const __m128i *)hash->words);
  __m128i hgfe = _mm_loadu_si128((const __m128i *)hash->words + 1);
  __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1), efgh = _mm_shuffle_epi32(hgfe, 0x1B);
  return (lane){
    .abef = _mm_alignr_epi8(cdab, efgh, 8), .cdgh = _mm_blend_epi16(efgh, cdab, 0xF0)};
}

WEFT_INLINE void store_state(const lane *lane, weft_sha256 *hash) {
  __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1B), dchg = _mm_shuffle_epi32(lane->cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)hash->words, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)hash->words + 1, _mm_alignr_epi8(dchg, feba, 8));
}

WEFT_INLINE void load_block(lane *lane, const uint8_t *block) {
  const __m128i order = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
  for (int i = 0; i < 4; i++) {
    lane->words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block + i), order);
  }
  lane->start_abef = lane->abef;
  lane->start_cdgh = lane->cdgh;
}

/// Rounds 4 * i to 4 * i + 3.
WEFT_INLINE void four_rounds(lane *lane, int i) {
  __m128i *words = lane->words;
  if (i >= 4) {
    __m128i last = words[(i + 3) % 4];
    __m128i sum = _mm_add_epi32(
      _mm_sha256msg1_epu32(words[i % 4], words[(i + 1) % 4]),
      _mm_alignr_epi8(last, words[(i + 2) % 4], 4));
    words[i % 4] = _mm_sha256msg2_epu32(sum, last);
  }
  __m128i constants = _mm_loadu_si128((const __m128i *)weft_sha256_constants + i);
  __m128i sum = _mm_add_epi32(words[i % 4], constants);
  lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, sum);
  lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(sum, 0x0E));
}

WEFT_INLINE void end_block(lane *lane) {
  lane->abef = _mm_add_epi32(lane->abef, lane->start_abef);
  lane->cdgh = _mm_add_epi32(lane->cdgh, lane->start_cdgh);
}

static void take_one(weft_sha256 *hash, const uint8_t *data, size_t blocks) {
  lane lane = load_state(hash);
  for (size_t block = 0; block < blocks; block++) {
    load_block(&lane, data + 64 * block);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) four_rounds(&lane, i);
    end_block(&lane);
  }
  store_state(&lane, hash);
}

/// A round waits four cycles for the one before it and takes two: a second hash fits into the wait.
static void take_two(
    weft_sha256 *one, const uint8_t *data, weft_sha256 *other, const uint8_t *other_data,
    size_t blocks) {
  lane a = load_state(one), b = load_state(other);
  for (size_t block = 0; block < blocks; block++) {
    load_block(&a, data + 64 * block);
    load_block(&b, other_data + 64 * block);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      four_rounds(&a, i);
      four_rounds(&b, i);
    }
    end_block(&a);
    end_block(&b);
  }
  store_state(&a, one);
  store_state(&b, other);
}

void weft_sha256_ni(
    weft_sha256 *one, const uint8_t *data, size_t blocks, weft_sha256 *other,
    const uint8_t *other_data, size_t other_blocks) {
  size_t both = blocks < other_blocks ? blocks : other_blocks;
  if (both > 0) take_two(one, data, other, other_data, both);
  if (blocks > both) take_one(one, data + 64 * both, blocks - both);
  if (other_blocks > both) take_one(other, other_data + 64 * both, other_blocks - both);
}

#pragma clang attribute pop
#endif
