// Weights of float32.

#define PAIR 1
#define UNIT 1.0f  // exponents are counted in it
#define BONUS 0.0f  // weights are two to this power too large
#define MULTIPLY_ADD(sum, a, b) fused(a, b, sum)

/// Makes a vector of scores weights, 2 to the power of score * factor - maximum; answers the total with them.
INLINE lanes weigh(
    const float *scores, float factor, lanes maximum, lanes total, uint32_t *weights) {
  lanes weight = power_of_two(fused(load(scores), splat(factor), -maximum));
  store(weights, weight);
  return total + weight;
}
