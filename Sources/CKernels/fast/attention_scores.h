// The scores of a strip and a block of keys.

/// What hides a score: finite, so that no difference of scores is NaN.
#define UNSEEN (-0x1p100f)

/// Computes the scores of a tile and, between its products, the weights of a tile of the strip before: their instructions
/// run in different units of the processor.
INLINE void score_tile(
    const strip *s, const strip *before, const terms *t, const uint32_t *key, size_t first,
    const size_t width, lanes scores[TILE][STRIP]) {
  const size_t depth = t->depth, parts = TILE / PAIR * width;
  const uint32_t *query = s->query, *end = query + depth * width * LANES;
  UNROLLED for (size_t r = 0; r < TILE; r++) {
    UNROLLED for (size_t w = 0; w < width; w++) scores[r][w] = splat(0);
  }
  for (size_t w = 0; before && w < width; w++) {
    const float *kept = before->scores + first * width * LANES;
    uint32_t *weights = t->weights + first / PAIR * width * LANES;
    lanes maximum = load(before->maxima + w * LANES), total = load(before->totals + w * LANES);
    ROLLED for (size_t part = w; part < parts; part += width) {
      add_products(query, key++, depth, width, scores);
      query += width * LANES;
      total = weigh(kept + part * PAIR * LANES, t->factor, maximum, total, weights + part * LANES);
    }
    store(before->totals + w * LANES, total);
  }
  ROLLED for (; query < end; query += width * LANES) {
    add_products(query, key++, depth, width, scores);
  }
}

/// Stores the scores of a tile in the order of the weights, and the highest of each query.
INLINE void keep_scores(
    const strip *s, size_t first, const size_t width, lanes scores[TILE][STRIP]) {
  float *kept = s->scores + first * width * LANES;
  UNROLLED for (size_t w = 0; w < width; w++) {
    lanes highest = load(s->highest + w * LANES);
    UNROLLED for (size_t r = 0; r < TILE; r++) {
      store(kept + ((r / PAIR * width + w) * PAIR + r % PAIR) * LANES, scores[r][w]);
      highest = HIGHER(highest, scores[r][w]);
    }
    store(s->highest + w * LANES, highest);
  }
}

/// Whether a tile that begins with this key has scores to hide.
INLINE bool hides(const strip *s, const weft_heads *heads, size_t key) {
  if (heads->is_causal && key + TILE > s->first + 1) return true;
  return key + TILE > heads->keys;
}

/// Hides the scores of keys from `key` on that a query does not see.
INLINE void hide_unseen(
    const strip *s, const weft_heads *heads, size_t key, const size_t width,
    lanes scores[TILE][STRIP]) {
  const int32_t never = INT32_MAX, last = never - STRIP * LANES;
  whole_lanes query;
  for (int32_t i = 0; i < LANES; i++) {
    query[i] = heads->is_causal ? (int32_t)s->first + i : last;
  }
  UNROLLED for (size_t w = 0; w < width; w++, query += LANES) {
    UNROLLED for (size_t r = 0; r < TILE; r++) {
      int32_t seen_from = (int32_t)(key + r < heads->keys ? key + r : never);
      scores[r][w] = choose(query < seen_from, splat(UNSEEN), scores[r][w]);
    }
  }
}
