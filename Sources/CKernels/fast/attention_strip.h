// A strip, a few vectors of queries, and a block of keys that passes by.

/// The keys of the block that any query of the strip sees, in whole tiles.
INLINE size_t seen_keys(const strip *s, const terms *t, const key_block *keys, size_t width) {
  size_t seen = s->first + width * LANES;
  if (!t->heads->is_causal || keys->first + keys->count <= seen) return keys->count;
  return keys->first < seen ? (seen - keys->first + TILE - 1) / TILE * TILE : 0;
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
  const size_t count = seen_keys(s, t, keys, width);
  size_t added = 0;
  uint32_t *weights = NULL;
  for (size_t k = 0; k < count; k += TILE) {
    lanes scores[TILE][STRIP], highest[STRIP];
    size_t first = keys->first + k;
    score_tile(&here, &fixed, keys->key + k * fixed.depth, weights, width, scores);
    keep_scores(&fixed, scores, width, highest);
    if (hides(&here, &fixed, first)) hide_unseen(s, t, first, width, highest);
    if (outgrows(&here, &fixed, (float *)highest, SLACK, width)) {
      add_values(&here, &fixed, keys, added, k / PAIR, width);
      raise_maxima(s, t, (float *)highest, SLACK, width, first > 0);
      added = k / PAIR;
    }
    UNROLLED for (size_t w = 0; w < width; w++) {
      float *top = here.highest + w * LANES;
      store(top, HIGHER(load(top), highest[w]));
    }
    weights = fixed.weights + k / PAIR * width * LANES;
  }
  if (count == 0) return;
  weigh_tile(&here, &fixed, width, weights);
  add_values(&here, &fixed, keys, added, count / PAIR, width);
  // The greatest weight becomes a power of two, which is not rounded, and those just below it are rounded the least.
  if (outgrows(&here, &fixed, here.highest, 0, width)) {
    raise_maxima(s, t, here.highest, 0, width, true);
  }
}
