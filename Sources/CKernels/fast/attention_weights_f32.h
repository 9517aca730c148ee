// Weights of float32.

#define PAIR 1
#define UNIT 1.0f  // exponents are counted in it
#define MULTIPLY_ADD(sum, a, b) fused(a, b, sum)

/// Makes a vector of scores weights, 2 to the power of score * factor - maximum, and adds them to the total.
INLINE void weigh(
    const float *scores, float factor, const float *maximum, float *total, uint32_t *weights) {
  lanes weight = power_of_two(fused(load(scores), splat(factor), -load(maximum)));
  store(total, load(total) + weight);
  store(weights, weight);
}
