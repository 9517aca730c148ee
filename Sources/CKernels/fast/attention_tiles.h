// The products of attention, in registers: TILE numbers of each of at most WEFT_STRIP vectors of queries.

/// Scores of TILE keys [TILE][depth] and the queries [depth][strip].
INLINE void score_tile(
    const uint32_t *query, const uint32_t *key, size_t depth, const size_t strip,
    lanes scores[TILE][WEFT_STRIP]) {
  for (size_t r = 0; r < TILE; r++) {
    for (size_t w = 0; w < strip; w++) scores[r][w] = splat(0);
  }
  for (size_t d = 0; d < depth; d++) {
    lanes queries[WEFT_STRIP];
    for (size_t w = 0; w < strip; w++) queries[w] = load(query + (d * strip + w) * LANES);
    for (size_t r = 0; r < TILE; r++) {
      lanes k = splat_bits(key[r * depth + d]);
      for (size_t w = 0; w < strip; w++) scores[r][w] = MULTIPLY_ADD(scores[r][w], k, queries[w]);
    }
  }
}

/// Adds the values [rows][TILE] times their weights [rows][strip] to sums [TILE][strip].
INLINE void add_tile(
    const uint32_t *weights, const uint32_t *value, size_t rows, const size_t strip, float *sums) {
  lanes total[TILE][WEFT_STRIP];
  for (size_t r = 0; r < TILE; r++) {
    for (size_t w = 0; w < strip; w++) total[r][w] = load(sums + (r * strip + w) * LANES);
  }
  for (size_t k = 0; k < rows; k++) {
    lanes weight[WEFT_STRIP];
    for (size_t w = 0; w < strip; w++) weight[w] = load(weights + (k * strip + w) * LANES);
    for (size_t r = 0; r < TILE; r++) {
      lanes v = splat_bits(value[k * TILE + r]);
      for (size_t w = 0; w < strip; w++) total[r][w] = MULTIPLY_ADD(total[r][w], v, weight[w]);
    }
  }
  for (size_t r = 0; r < TILE; r++) {
    for (size_t w = 0; w < strip; w++) store(sums + (r * strip + w) * LANES, total[r][w]);
  }
}
