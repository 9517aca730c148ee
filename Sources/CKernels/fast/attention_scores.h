// The scores of a tile of keys: made in registers, kept in memory until the next tile is made, and hidden from queries that do
// not see them.

/// What hides a score: finite, so that no difference of scores is NaN.
#define UNSEEN (-0x1p100f)

/// Makes the scores of the last tile weights.
INLINE void weigh_tile(const strip *s, const terms *t, const size_t width, uint32_t *weights) {
  for (size_t w = 0; w < width; w++) {
    lanes maximum = load(s->maxima + w * LANES), total = load(s->totals + w * LANES);
    for (size_t part = w; part < TILE / PAIR * width; part += width) {
      total = weigh(
        t->scores + part * PAIR * LANES, t->factor, maximum, total, weights + part * LANES);
    }
    store(s->totals + w * LANES, total);
  }
}

/// Computes the scores of a tile and, between its products, the weights of the tile before: their instructions run in
/// different units of the processor.
INLINE void score_tile(
    const strip *s, const terms *t, const uint32_t *key, uint32_t *weights_before,
    const size_t width, lanes scores[TILE][STRIP]) {
  const size_t parts = TILE / PAIR * width, depth = t->depth;
  const uint32_t *query = s->query, *end = query + depth * width * LANES;
  UNROLLED for (size_t r = 0; r < TILE; r++) {
    UNROLLED for (size_t w = 0; w < width; w++) scores[r][w] = splat(0);
  }
  if (weights_before && (!WEIGHS_BETWEEN || depth < parts)) {
    weigh_tile(s, t, width, weights_before);
  } else if (weights_before) {
    for (size_t w = 0; w < width; w++) {
      lanes maximum = load(s->maxima + w * LANES), total = load(s->totals + w * LANES);
      ROLLED for (size_t part = w; part < parts; part += width) {
        add_products(query, key++, depth, width, scores);
        query += width * LANES;
        total = weigh(
          t->scores + part * PAIR * LANES, t->factor, maximum, total,
          weights_before + part * LANES);
      }
      store(s->totals + w * LANES, total);
    }
  }
  ROLLED for (; query < end; query += width * LANES) {
    add_products(query, key++, depth, width, scores);
  }
}

/// Stores the scores in the order of the weights, and the highest of each query.
INLINE void keep_scores(
    const terms *t, lanes scores[TILE][STRIP], const size_t width, lanes highest[STRIP]) {
  UNROLLED for (size_t w = 0; w < width; w++) {
    highest[w] = scores[0][w];
    UNROLLED for (size_t r = 0; r < TILE; r++) {
      size_t part = r / PAIR * width + w;
      store(t->scores + (part * PAIR + r % PAIR) * LANES, scores[r][w]);
      highest[w] = HIGHER(highest[w], scores[r][w]);
    }
  }
}

/// Hides the scores of keys from `first` on that a query does not see.
static __attribute__((noinline)) void hide_unseen(
    const strip *s, const terms *t, size_t first, size_t width, lanes *highest) {
  whole_lanes query;
  for (int32_t i = 0; i < LANES; i++) query[i] = (int32_t)s->first + i;
  for (size_t w = 0; w < width; w++, query += LANES) {
    highest[w] = splat(UNSEEN);
    for (size_t r = 0; r < TILE; r++) {
      float *scores = t->scores + ((r / PAIR * width + w) * PAIR + r % PAIR) * LANES;
      int32_t key = (int32_t)(first + r);
      lanes score = first + r < t->heads->keys ? load(scores) : splat(UNSEEN);
      if (t->heads->is_causal) score = choose(query < key, splat(UNSEEN), score);
      store(scores, score);
      highest[w] = HIGHER(highest[w], score);
    }
  }
}

/// Whether a tile that begins with this key has scores to hide.
INLINE bool hides(const strip *s, const terms *t, size_t first) {
  if (t->heads->is_causal && first + TILE > s->first + 1) return true;
  return first + TILE > t->heads->keys;
}
