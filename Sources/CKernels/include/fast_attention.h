// Attention whose scores never lie in memory all at once: blocks of keys pass by, and a query keeps a running maximum and
// running sums.
//
// Source: https://arxiv.org/abs/1805.02867 (the running softmax), https://arxiv.org/abs/2205.14135 (blocks of it)
#ifndef WEFT_FAST_ATTENTION_H
#define WEFT_FAST_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "fast.h"

/// The distances from one token to the next, in elements; the pictures of a batch follow each other without a gap.
typedef struct weft_token_strides {
  size_t query, key, value, target;
} weft_token_strides;

/// Many heads at once: softmax(scale * query * transposed key) * value for each head of each picture.
///
/// The queries and the target are [pictures, queries, heads * channels], the keys and values [pictures, keys, heads *
/// channels], all of one element. There is at least one key, and the scale is above zero.
typedef struct weft_heads {
  const void *query, *key, *value;
  void *target;
  weft_element element;
  weft_token_strides strides;
  size_t pictures, heads, queries, keys;
  size_t channels;  // of one head
  float scale;
  bool is_causal;  // a query sees the keys up to its own index
} weft_heads;

/// How many pieces of work there are; each can run on its own thread, and none changes the result of another.
size_t weft_attention_items(weft_fast_isa isa, const weft_heads *heads);

/// The bytes of memory that a thread needs, which start at a multiple of 64.
size_t weft_attention_scratch(weft_fast_isa isa, const weft_heads *heads);

/// Computes piece number `item`. The bits of a query's result depend on the query, the keys and the values alone; a query
/// or key that is not a number makes results NaN.
void weft_attend_item(weft_fast_isa isa, const weft_heads *heads, size_t item, void *scratch);

#endif
