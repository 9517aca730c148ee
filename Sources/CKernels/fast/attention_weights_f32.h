// Weights of float32.

#define PAIR 1
#define UNIT 1.0f  // exponents are counted in it
#define MULTIPLY_ADD(sum, a, b) fused(a, b, sum)

/// Makes scores weights [TILE][strip], 2 to the power of score * factor - maximum, and adds them to the totals.
INLINE void weigh_tile(
    lanes scores[TILE][WEFT_STRIP], float factor, const float *maxima, const size_t strip,
    float *totals, uint32_t *weights) {
  for (size_t w = 0; w < strip; w++) {
    lanes maximum = load(maxima + w * LANES), total = load(totals + w * LANES);
    for (size_t r = 0; r < TILE; r++) {
      lanes weight = power_of_two(fused(scores[r][w], splat(factor), -maximum));
      total += weight;
      store(weights + (r * strip + w) * LANES, weight);
    }
    store(totals + w * LANES, total);
  }
}
