// What the instruction sets share: how attention is divided into blocks, and where a thread's buffers lie.
#ifndef WEFT_FAST_ATTENTION_BLOCKS_H
#define WEFT_FAST_ATTENTION_BLOCKS_H

#include <stdint.h>

#include "../include/fast_attention.h"

/// The numbers that the kernels of an instruction set are compiled with.
typedef struct weft_attention_shape {
  size_t lanes;     // float32 in a vector
  size_t strip;     // vectors of queries that are in registers at once,
  size_t tile;      // with the scores of so many keys
  size_t channels;  // or the sums of so many channels
  size_t pair;      // elements of a product that share a lane: 2 of bfloat16, 1 of float32
} weft_attention_shape;

/// The keys that are packed at once, a multiple of every tile; with their values they fill a part of the cache.
#define WEFT_KEYS 120

/// The bytes of an element.
static inline size_t weft_element_size(weft_element element) {
  return element == WEFT_ELEMENT_F32 ? 4 : 2;
}

/// The bits of float32 as the nearest bfloat16, ties to even; NaN stays.
static inline uint16_t weft_bf16_of(uint32_t bits) {
  uint32_t nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : nearest);
}

/// Consecutive queries of one head of one picture.
typedef struct weft_query_block {
  const char *query, *key, *value;  // the head's channels of the picture's first token
  char *target;
  size_t first, count;
} weft_query_block;

/// Where a thread's buffers begin, in words of 4 bytes. Queries are packed in strips of vectors.
typedef struct weft_attention_buffers {
  size_t queries;  // of a block, a multiple of the lanes
  size_t depth;    // lanes that hold the channels of a head
  size_t width;    // the channels, a multiple of those in registers
  size_t query;    // [strips][depth][strip]
  size_t sums;     // float32 [strips][width][strip]
  size_t maxima, totals, highest, flaws;  // float32 [queries]
  size_t key;      // [keys][depth]
  size_t value;    // [width / channels][keys / pair][channels]
  size_t scores[2];  // float32 [keys / pair][strip][pair]
  size_t weights;  // [keys / pair][strip]
  size_t rows;     // [lanes][width, a multiple of the lanes]
  size_t end;
} weft_attention_buffers;

/// Piece number `item` of the work.
weft_query_block weft_query_block_of(
    const weft_attention_shape *shape, const weft_heads *heads, size_t item);

weft_attention_buffers weft_attention_buffers_of(
    const weft_attention_shape *shape, const weft_heads *heads);

/// Attention of a block of queries.
typedef void weft_attend_block(
    const weft_heads *heads, const weft_query_block *block, void *scratch);

weft_attend_block weft_attend_scalar, weft_attend_avx2, weft_attend_avx512, weft_attend_avx512_bf16;

#endif
