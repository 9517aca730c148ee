// A strip: at most WEFT_STRIP vectors of queries, and the block of keys that passes by.

/// Weights may grow to two to this power before the maxima follow the scores: the sums are seldom multiplied again.
#define SLACK 8

/// What hides a score; it is finite, so that no difference of scores is NaN.
#define UNSEEN (-0x1p100f)

/// The queries of a strip, and what is known of them.
typedef struct strip {
  const uint32_t *query;  // [depth][strip]
  float *sums;            // [width][strip]
  float *maxima, *totals;
  whole_lanes seen[WEFT_STRIP];  // the keys that each sees
  size_t seen_by_all;
} strip;

/// The packed keys.
typedef struct key_block {
  const uint32_t *key, *value;
  size_t first, count;  // a multiple of the tile
} key_block;

/// What does not change during an item.
typedef struct terms {
  size_t depth, width;
  float factor;       // of scores that become exponents of two
  uint32_t *weights;  // [keys / PAIR][strip]
} terms;

/// Hides the scores of keys that a query does not see.
INLINE void hide(
    const strip *s, size_t first, const size_t width, lanes scores[TILE][WEFT_STRIP]) {
  for (size_t r = 0; r < TILE; r++) {
    whole_lanes key = (whole_lanes){0} + (int32_t)(first + r);
    for (size_t w = 0; w < width; w++) {
      scores[r][w] = choose(key < s->seen[w], scores[r][w], splat(UNSEEN));
    }
  }
}

/// Whether a score is too far above its query's maximum.
INLINE bool outgrows(
    const strip *s, const terms *t, lanes scores[TILE][WEFT_STRIP], const size_t width,
    lanes highest[WEFT_STRIP]) {
  whole_lanes found = {0};
  for (size_t w = 0; w < width; w++) {
    highest[w] = scores[0][w];
    for (size_t r = 1; r < TILE; r++) highest[w] = HIGHER(highest[w], scores[r][w]);
    lanes growth = fused(highest[w], splat(t->factor), -load(s->maxima + w * LANES));
    found |= growth > splat(SLACK * UNIT);
  }
  return any(found);
}

/// Adds the values of rows `from ..< to` of the weights to the sums.
INLINE void add_values(
    const strip *s, const terms *t, const key_block *keys, size_t from, size_t to,
    const size_t width) {
  size_t rows = keys->count / PAIR;
  for (size_t c = 0; c < t->width; c += TILE) {
    add_tile(
      t->weights + from * width * LANES, keys->value + c * rows + from * TILE, to - from, width,
      s->sums + c * width * LANES);
  }
}

/// Raises the maxima that are outgrown; others stay, so that no query's result depends on its neighbours.
static __attribute__((noinline)) void raise_maxima(
    const strip *s, const terms *t, const lanes *highest, size_t width) {
  for (size_t w = 0; w < width; w++) {
    lanes maximum = load(s->maxima + w * LANES), score = highest[w] * splat(t->factor);
    lanes growth = fused(highest[w], splat(t->factor), -maximum);
    whole_lanes outgrown = growth > splat(SLACK * UNIT);
    lanes raised = choose(outgrown, score, maximum);
    lanes shrink = choose(outgrown, power_of_two((maximum - raised) * splat(1 / UNIT)), splat(1));
    store(s->maxima + w * LANES, raised);
    store(s->totals + w * LANES, load(s->totals + w * LANES) * shrink);
    for (size_t c = 0; c < t->width; c++) {
      float *sum = s->sums + (c * width + w) * LANES;
      store(sum, load(sum) * shrink);
    }
  }
}

/// Attends to a block of keys.
INLINE void attend_strip(
    const strip *s, const terms *t, const key_block *keys, const size_t width) {
  size_t added = 0;
  for (size_t k = 0; k < keys->count; k += TILE) {
    lanes scores[TILE][WEFT_STRIP], highest[WEFT_STRIP];
    score_tile(s->query, keys->key + k * t->depth, t->depth, width, scores);
    if (keys->first + k + TILE > s->seen_by_all) hide(s, keys->first + k, width, scores);
    if (outgrows(s, t, scores, width, highest)) {
      add_values(s, t, keys, added, k / PAIR, width);
      raise_maxima(s, t, highest, width);
      added = k / PAIR;
    }
    weigh_tile(
      scores, t->factor, s->maxima, width, s->totals, t->weights + k / PAIR * width * LANES);
  }
  add_values(s, t, keys, added, keys->count / PAIR, width);
}
