// A strip and a block of keys that passes by.

/// Computes the scores of a strip and, meanwhile, the weights of the strip before it, which is as wide, or NULL.
INLINE void score_strip(
    const strip *s, const strip *before, const terms *t, const key_block *keys,
    const size_t width) {
  const strip here = *s;  // a copy that nothing points to stays in registers
  const terms fixed = *t;
  for (size_t k = 0; k < here.seen; k += TILE) {
    lanes scores[TILE][STRIP];
    const uint32_t *key = keys->key + k * fixed.depth;
    if (before && k < before->seen) {
      const strip there = *before;
      score_tile(&here, &there, &fixed, key, k, width, scores);
    } else {
      score_tile(&here, NULL, &fixed, key, k, width, scores);
    }
    if (hides(&here, fixed.heads, keys->first + k)) {
      hide_unseen(&here, fixed.heads, keys->first + k, width, scores);
    }
    keep_scores(&here, k, width, scores);
  }
}

/// Computes the weights of a strip.
INLINE void weigh_strip(const strip *s, const terms *t, const size_t width) {
  for (size_t w = 0; w < width; w++) {
    lanes maximum = load(s->maxima + w * LANES), total = load(s->totals + w * LANES);
    for (size_t part = w; part < s->seen / PAIR * width; part += width) {
      total = weigh(
        s->scores + part * PAIR * LANES, t->factor, maximum, total, t->weights + part * LANES);
    }
    store(s->totals + w * LANES, total);
  }
}

/// Adds the values times their weights to the sums.
INLINE void add_values(
    const strip *s, const terms *t, const key_block *keys, const size_t width) {
  for (size_t c = 0; c < t->channels; c += CHANNELS) {
    add_tile(
      t->weights, keys->value + c * (keys->count / PAIR), s->seen / PAIR, width,
      s->sums + c * width * LANES);
  }
}

/// The functions above for a width that the compiler knows.
#define OF_WIDTH(s, call) \
  switch ((s)->width) { \
    case 0: break; \
    case 1: { const size_t width = 1; call; } break; \
    case 2: { const size_t width = 2; call; } break; \
    default: { const size_t width = STRIP; call; } break; \
  }
