// The encoders of the K-quants: blocks are found as numbers, a few at a time, and packed.
#include "families.h"
#include "k/quantisers.h"

/// What finds and packs the blocks of a type, and how many it finds at a time.
typedef struct method {
  weft_k_quantiser quantise;
  size_t lanes;
  weft_k_packer pack;
  size_t byte_count;
} method;

static inline void encode(method how, weft_k_rows rows, uint8_t *blocks) {
  size_t count = weft_k_block_count(&rows);
  for (size_t first = 0; first < count; first += how.lanes) {
    weft_k_block found[WEFT_K_MAX_LANES];
    how.quantise(&rows, first, found);
    for (size_t i = 0; i < how.lanes && first + i < count; i++) {
      how.pack(&found[i], blocks + (first + i) * how.byte_count);
    }
  }
}

#define ENCODER(type, TYPE, isa, ISA)                                                         \
  static void encode_##type##_##isa(                                                          \
      const float *values, const float *weights, size_t rows, size_t columns,                 \
      uint8_t *blocks) {                                                                      \
    method how = {                                                                            \
      weft_quantise_##type##_##isa, WEFT_##ISA##_LANES, weft_pack_##type, WEFT_##TYPE##_BYTES}; \
    encode(how, (weft_k_rows){values, weights, rows, columns}, blocks);                       \
  }
#define ENCODERS(isa, ISA)    \
  ENCODER(q2k, Q2K, isa, ISA) \
  ENCODER(q3k, Q3K, isa, ISA) \
  ENCODER(q4k, Q4K, isa, ISA) \
  ENCODER(q5k, Q5K, isa, ISA) \
  ENCODER(q6k, Q6K, isa, ISA)

ENCODERS(scalar, SCALAR)
#if defined(__x86_64__)
ENCODERS(avx2, AVX2)
ENCODERS(avx512, AVX512)
#define CHOICES(type) {encode_##type##_scalar, encode_##type##_avx2, encode_##type##_avx512}
#else
#define CHOICES(type) {encode_##type##_scalar, encode_##type##_scalar, encode_##type##_scalar}
#endif

static const weft_encoder encoders[][WEFT_ISA_COUNT] = {
  CHOICES(q2k), CHOICES(q3k), CHOICES(q4k), CHOICES(q5k), CHOICES(q6k)};

weft_encoder weft_k_encoder(weft_code code, weft_isa isa) {
  return code < WEFT_Q2_K || code > WEFT_Q6_K ? NULL : encoders[code - WEFT_Q2_K][isa];
}
