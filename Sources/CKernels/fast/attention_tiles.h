// The products of attention, in registers: TILE keys, or CHANNELS channels, of at most STRIP vectors of queries.

/// Adds what one lane of the channels brings to the scores of TILE keys.
INLINE void add_products(
    const uint32_t *query, const uint32_t *key, size_t depth, const size_t strip,
    lanes scores[TILE][STRIP]) {
  lanes queries[STRIP];
  UNROLLED for (size_t w = 0; w < strip; w++) queries[w] = load(query + w * LANES);
  UNROLLED for (size_t r = 0; r < TILE; r++) {
    lanes k = splat_bits(key[r * depth]);
    UNROLLED for (size_t w = 0; w < strip; w++) {
      scores[r][w] = MULTIPLY_ADD(scores[r][w], k, queries[w]);
    }
  }
}

/// Adds the values [rows][CHANNELS] times their weights [rows][strip] to sums [CHANNELS][strip].
INLINE void add_tile(
    const uint32_t *weights, const uint32_t *value, size_t rows, const size_t strip, float *sums) {
  lanes total[CHANNELS][STRIP];
  UNROLLED for (size_t r = 0; r < CHANNELS; r++) {
    UNROLLED for (size_t w = 0; w < strip; w++) total[r][w] = load(sums + (r * strip + w) * LANES);
  }
  for (size_t k = 0; k < rows; k++) {
    lanes weight[STRIP];
    UNROLLED for (size_t w = 0; w < strip; w++) weight[w] = load(weights + (k * strip + w) * LANES);
    UNROLLED for (size_t r = 0; r < CHANNELS; r++) {
      lanes v = splat_bits(value[k * CHANNELS + r]);
      UNROLLED for (size_t w = 0; w < strip; w++) total[r][w] = MULTIPLY_ADD(total[r][w], v, weight[w]);
    }
  }
  UNROLLED for (size_t r = 0; r < CHANNELS; r++) {
    UNROLLED for (size_t w = 0; w < strip; w++) store(sums + (r * strip + w) * LANES, total[r][w]);
  }
}
