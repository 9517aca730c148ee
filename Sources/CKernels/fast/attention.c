#include "attention.h"

static size_t round_up(size_t count, size_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// The instruction set that computes elements of this kind.
static weft_fast_isa kernel_of(weft_fast_isa isa, weft_element element) {
  bool lacks_pairs = isa == WEFT_FAST_AVX512_BF16 && element == WEFT_ELEMENT_F32;
  return lacks_pairs ? WEFT_FAST_AVX512 : isa;
}

static const weft_attention_shape shapes[WEFT_FAST_ISA_COUNT] = {
  [WEFT_FAST_SCALAR] = {1, 1, 1, 1, 1},
  [WEFT_FAST_AVX2] = {8, 2, 6, 4, 1},
  [WEFT_FAST_AVX512] = {16, 3, 6, 8, 1},
  [WEFT_FAST_AVX512_BF16] = {16, 3, 6, 8, 2},
};

static const weft_attention_shape *shape_of(weft_fast_isa isa, const weft_heads *heads) {
  return &shapes[kernel_of(isa, heads->element)];
}

/// The most queries of a block. Every block packs all keys again, so that many queries are better; but what is packed of
/// them and their sums are to stay in a cache of 1 MiB, beside keys and values.
static size_t longest_block(const weft_attention_shape *shape, const weft_heads *heads) {
  const size_t most = 384, memory = 640 << 10, strip = shape->strip * shape->lanes;
  size_t fitting = memory / (heads->channels * (4 / shape->pair + 4));
  if (fitting > most) return most;
  return fitting < strip ? strip : fitting / strip * strip;
}

/// The blocks that the queries of a head are divided into.
static size_t block_count(const weft_attention_shape *shape, const weft_heads *heads) {
  size_t longest = longest_block(shape, heads);
  return (heads->queries + longest - 1) / longest;
}

/// The queries of every block of a head but the last.
static size_t block_length(const weft_attention_shape *shape, const weft_heads *heads) {
  size_t blocks = block_count(shape, heads);
  return blocks == 0 ? 0 : round_up((heads->queries + blocks - 1) / blocks, shape->lanes);
}

weft_query_block weft_query_block_of(
    const weft_attention_shape *shape, const weft_heads *heads, size_t item) {
  size_t blocks = block_count(shape, heads), length = block_length(shape, heads);
  size_t head = item / blocks % heads->heads, picture = item / blocks / heads->heads;
  size_t first = item % blocks * length, bytes = weft_element_size(heads->element);
  size_t queries = picture * heads->queries, keys = picture * heads->keys;
  size_t channel = head * heads->channels;
  weft_token_strides strides = heads->strides;
  return (weft_query_block){
    .query = (const char *)heads->query + (queries * strides.query + channel) * bytes,
    .key = (const char *)heads->key + (keys * strides.key + channel) * bytes,
    .value = (const char *)heads->value + (keys * strides.value + channel) * bytes,
    .target = (char *)heads->target + (queries * strides.target + channel) * bytes,
    .first = first,
    .count = heads->queries - first < length ? heads->queries - first : length,
  };
}

/// Reserves words behind those that are taken; every buffer starts at a multiple of 64 bytes.
static size_t take(size_t *end, size_t count) {
  size_t start = *end;
  *end += round_up(count, 16);
  return start;
}

weft_attention_buffers weft_attention_buffers_of(
    const weft_attention_shape *shape, const weft_heads *heads) {
  weft_attention_buffers b = {
    .queries = block_length(shape, heads),
    .depth = (heads->channels + shape->pair - 1) / shape->pair,
    .width = round_up(heads->channels, shape->channels),
  };
  size_t row = round_up(heads->channels, shape->lanes);
  size_t keys = round_up(heads->keys < WEFT_KEYS ? heads->keys : WEFT_KEYS, shape->tile);
  b.query = take(&b.end, b.queries * b.depth);
  b.sums = take(&b.end, b.queries * b.width);
  b.maxima = take(&b.end, b.queries);
  b.totals = take(&b.end, b.queries);
  b.highest = take(&b.end, b.queries);
  b.flaws = take(&b.end, b.queries);
  b.key = take(&b.end, keys * b.depth + row);
  b.value = take(&b.end, keys / shape->pair * b.width);
  for (size_t i = 0; i < 2; i++) {
    b.scores[i] = take(&b.end, keys * shape->strip * shape->lanes);
  }
  b.weights = take(&b.end, keys / shape->pair * shape->strip * shape->lanes);
  b.rows = take(&b.end, shape->lanes * row);
  return b;
}

size_t weft_attention_items(weft_fast_isa isa, const weft_heads *heads) {
  return heads->pictures * heads->heads * block_count(shape_of(isa, heads), heads);
}

size_t weft_attention_scratch(weft_fast_isa isa, const weft_heads *heads) {
  return 4 * weft_attention_buffers_of(shape_of(isa, heads), heads).end;
}

void weft_attend_item(weft_fast_isa isa, const weft_heads *heads, size_t item, void *scratch) {
  static weft_attend_block *const functions[WEFT_FAST_ISA_COUNT] = {
    [WEFT_FAST_SCALAR] = weft_attend_scalar,
#if defined(__x86_64__)
    [WEFT_FAST_AVX2] = weft_attend_avx2,
    [WEFT_FAST_AVX512] = weft_attend_avx512,
    [WEFT_FAST_AVX512_BF16] = weft_attend_avx512_bf16,
#endif
  };
  weft_query_block block = weft_query_block_of(shape_of(isa, heads), heads, item);
  functions[kernel_of(isa, heads->element)](heads, &block, scratch);
}
