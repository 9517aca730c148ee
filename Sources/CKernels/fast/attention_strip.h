// A strip, at most WEFT_STRIP vectors of queries, and the blocks of keys that pass by.

/// Weights may grow to two to this power before the maxima follow the scores, so that sums are seldom multiplied again.
#define SLACK 8

/// What hides a score: finite, so that no difference of scores is NaN.
#define UNSEEN (-0x1p100f)

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

/// Makes a part of the scores weights.
INLINE void weigh_part(
    const strip *s, const terms *t, size_t row, size_t w, const size_t width, uint32_t *weights) {
  size_t part = row * width + w;
  weigh(
    t->scores + part * PAIR * LANES, t->factor, s->maxima + w * LANES, s->totals + w * LANES,
    weights + part * LANES);
}

/// Makes the scores of the last tile weights.
INLINE void weigh_tile(const strip *s, const terms *t, const size_t width, uint32_t *weights) {
  for (size_t row = 0; row < TILE / PAIR; row++) {
    UNROLLED for (size_t w = 0; w < width; w++) weigh_part(s, t, row, w, width, weights);
  }
}

/// Computes the scores of a tile and, between its products, the weights of the tile before: their instructions run in
/// different units of the processor.
INLINE void score_tile(
    const strip *s, const terms *t, const uint32_t *key, uint32_t *weights_before,
    const size_t width, lanes scores[TILE][WEFT_STRIP]) {
  size_t depth = t->depth, d = 0;
  UNROLLED for (size_t r = 0; r < TILE; r++) {
    UNROLLED for (size_t w = 0; w < width; w++) scores[r][w] = splat(0);
  }
  if (weights_before && depth < TILE / PAIR * width) {
    weigh_tile(s, t, width, weights_before);
  } else if (weights_before) {
    for (size_t row = 0; row < TILE / PAIR; row++) {
      UNROLLED for (size_t w = 0; w < width; w++, d++) {
        add_products(s->query + d * width * LANES, key + d, depth, width, scores);
        weigh_part(s, t, row, w, width, weights_before);
      }
    }
  }
  for (; d < depth; d++) {
    add_products(s->query + d * width * LANES, key + d, depth, width, scores);
  }
}

/// Stores the scores for weigh_part, and the highest of each query.
INLINE void keep_scores(
    const terms *t, lanes scores[TILE][WEFT_STRIP], const size_t width, lanes highest[WEFT_STRIP]) {
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
  for (size_t w = 0; w < width; w++) {
    highest[w] = splat(UNSEEN);
    for (size_t r = 0; r < TILE; r++) {
      float *scores = t->scores + ((r / PAIR * width + w) * PAIR + r % PAIR) * LANES;
      for (size_t i = 0; i < LANES; i++) {
        size_t key = first + r, query = s->first + w * LANES + i;
        bool is_seen = key < t->heads->keys && (!t->heads->is_causal || key <= query);
        if (!is_seen) scores[i] = UNSEEN;
      }
      highest[w] = HIGHER(highest[w], load(scores));
    }
  }
}

/// Whether a tile that begins with this key has scores to hide.
INLINE bool hides(const strip *s, const terms *t, size_t first) {
  if (t->heads->is_causal && first + TILE > s->first + 1) return true;
  return first + TILE > t->heads->keys;
}

/// Whether an exponent is more than `slack` above its query's maximum.
INLINE bool outgrows(
    const strip *s, const terms *t, const float *highest, float slack, const size_t width) {
  whole_lanes found = {0};
  UNROLLED for (size_t w = 0; w < width; w++) {
    lanes maximum = load(s->maxima + w * LANES);
    lanes growth = fused(load(highest + w * LANES), splat(t->factor), -maximum);
    found |= growth > splat(slack * UNIT);
  }
  return any(found);
}

/// Raises the maxima that are outgrown; the others stay, so that no query's result depends on its neighbours.
static __attribute__((noinline)) void raise_maxima(
    const strip *s, const terms *t, const float *highest, float slack, size_t width, bool is_first) {
  for (size_t w = 0; w < width; w++) {
    lanes maximum = load(s->maxima + w * LANES);
    lanes exponent = load(highest + w * LANES) * splat(t->factor);
    whole_lanes outgrown = exponent - maximum > splat(slack * UNIT);
    lanes raised = choose(outgrown, exponent, maximum);
    lanes shrink = choose(outgrown, power_of_two((maximum - raised) * splat(1 / UNIT)), splat(1));
    store(s->maxima + w * LANES, raised);
    store(s->totals + w * LANES, load(s->totals + w * LANES) * shrink);
    for (size_t c = 0; c < t->channels && !is_first; c++) {
      float *sum = s->sums + (c * width + w) * LANES;
      store(sum, load(sum) * shrink);
    }
  }
}

/// Adds the values of rows `from ..< to` of the weights to the sums.
INLINE void add_values(
    const strip *s, const terms *t, const key_block *keys, size_t from, size_t to,
    const size_t width) {
  size_t rows = keys->count / PAIR;
  for (size_t c = 0; c < t->channels; c += CHANNELS) {
    add_tile(
      t->weights + from * width * LANES, keys->value + c * rows + from * CHANNELS, to - from, width,
      s->sums + c * width * LANES);
  }
}

/// Attends to a block of keys.
INLINE void attend_strip(
    const strip *s, const terms *t, const key_block *keys, const size_t width) {
  const strip here = *s;  // copies that nothing points to stay in registers
  const terms fixed = *t;
  size_t added = 0;
  uint32_t *weights = NULL;
  for (size_t k = 0; k < keys->count; k += TILE) {
    lanes scores[TILE][WEFT_STRIP], highest[WEFT_STRIP];
    size_t first = keys->first + k;
    score_tile(&here, &fixed, keys->key + k * fixed.depth, weights, width, scores);
    keep_scores(&fixed, scores, width, highest);
    if (hides(&here, &fixed, first)) hide_unseen(s, t, first, width, highest);
    if (outgrows(&here, &fixed, (float *)highest, SLACK, width)) {
      add_values(&here, &fixed, keys, added, k / PAIR, width);
      raise_maxima(s, t, (float *)highest, SLACK, width, first == 0);
      added = k / PAIR;
    }
    UNROLLED for (size_t w = 0; w < width; w++) {
      float *top = here.highest + w * LANES;
      store(top, HIGHER(load(top), highest[w]));
    }
    weights = fixed.weights + k / PAIR * width * LANES;
  }
  weigh_tile(&here, &fixed, width, weights);
  add_values(&here, &fixed, keys, added, keys->count / PAIR, width);
  // The greatest weight is one again: weights just below a power of two are rounded the least.
  if (outgrows(&here, &fixed, here.highest, 0, width)) {
    raise_maxima(s, t, here.highest, 0, width, false);
  }
}
