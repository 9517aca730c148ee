// What the functions of attention work on.

/// The queries of a strip and what is known of them.
typedef struct strip {
  size_t first, width;    // the first query, and the vectors of queries
  size_t seen;            // keys of the block that any of them sees, in whole tiles
  const uint32_t *query;  // [depth][width]
  float *sums;            // [channels][width]
  float *maxima;          // [width], of the exponents
  float *totals;          // [width], of the weights
  float *highest;         // [width], the highest scores of the block of keys
  float *scores;          // [keys / PAIR][width][PAIR]
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
  uint32_t *weights;       // [keys / PAIR][width]
} terms;
