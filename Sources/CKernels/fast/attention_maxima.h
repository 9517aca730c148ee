// The maxima that scores are compared with, so that no weight overflows.

/// Raises the maxima that the block's highest scores exceed, and makes what was added so far smaller.
///
/// The greatest weight is then a power of two, which is not rounded, and those just below it are rounded the least.
static __attribute__((noinline)) void raise_maxima(const strip *s, const terms *t) {
  for (size_t w = 0; w < s->width; w++) {
    lanes maximum = load(s->maxima + w * LANES), highest = load(s->highest + w * LANES);
    lanes exponent = fused(highest, splat(t->factor), splat(BONUS * UNIT));
    whole_lanes grown = exponent > maximum;
    if (!any(grown)) continue;
    lanes shrink = choose(grown, power_of_two((maximum - exponent) * splat(1 / UNIT)), splat(1));
    store(s->maxima + w * LANES, choose(grown, exponent, maximum));
    store(s->totals + w * LANES, load(s->totals + w * LANES) * shrink);
    for (size_t c = 0; c < t->channels; c++) {
      float *sum = s->sums + (c * s->width + w) * LANES;
      store(sum, load(sum) * shrink);
    }
  }
}
