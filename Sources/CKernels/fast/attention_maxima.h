// The maxima that scores are compared with, so that no weight overflows.

/// Weights may grow to two to this power before the maxima follow, so that sums are seldom multiplied again.
#define SLACK 8

/// How far the exponents are above the maxima; the greatest weight is a power of two where that is zero.
INLINE lanes growth(const strip *s, const terms *t, const float *highest, size_t w) {
  lanes maximum = load(s->maxima + w * LANES);
  return fused(load(highest + w * LANES), splat(t->factor), splat(BONUS * UNIT) - maximum);
}

/// Whether an exponent is more than `slack` above its query's maximum.
INLINE bool outgrows(
    const strip *s, const terms *t, const float *highest, float slack, const size_t width) {
  whole_lanes found = {0};
  UNROLLED for (size_t w = 0; w < width; w++) {
    found |= growth(s, t, highest, w) > splat(slack * UNIT);
  }
  return any(found);
}

/// Raises the maxima that are outgrown; the others stay, so that no query's result depends on its neighbours.
static __attribute__((noinline)) void raise_maxima(
    const strip *s, const terms *t, const float *highest, float slack, size_t width,
    bool has_sums) {
  for (size_t w = 0; w < width; w++) {
    lanes by = growth(s, t, highest, w), maximum = load(s->maxima + w * LANES);
    whole_lanes outgrown = by > splat(slack * UNIT);
    if (!any(outgrown)) continue;
    lanes raised = fused(load(highest + w * LANES), splat(t->factor), splat(BONUS * UNIT));
    lanes shrink = choose(outgrown, power_of_two((maximum - raised) * splat(1 / UNIT)), splat(1));
    store(s->maxima + w * LANES, choose(outgrown, raised, maximum));
    store(s->totals + w * LANES, load(s->totals + w * LANES) * shrink);
    for (size_t c = 0; c < t->channels && has_sums; c++) {
      float *sum = s->sums + (c * width + w) * LANES;
      store(sum, load(sum) * shrink);
    }
  }
}
