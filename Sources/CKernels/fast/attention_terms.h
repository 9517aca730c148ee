// What the functions of attention work on.

/// The queries of a strip and what is known of them.
typedef struct strip {
  const uint32_t *query;  // [depth][width]
  float *sums;            // [channels][width]
  float *maxima;          // [width], of the exponents, or a little less
  float *totals;          // [width], of the weights
  float *highest;         // [width], the highest score
  size_t first;           // query
} strip;

/// The packed keys and values.
typedef struct key_block {
  const uint32_t *key, *value;
  size_t first, count;  // a multiple of the tile
} key_block;

/// What does not change during an item.
typedef struct terms {
  const weft_heads *heads;
  size_t depth, channels;  // of the packed key and value
  float factor;            // of scores that become exponents of two
  float *scores;           // [TILE / PAIR][width][PAIR]
  uint32_t *weights;       // [keys / PAIR][width]
} terms;
