// Weights of bfloat16. With 40 channels an exponential costs about a fifth of what the products of a score do, so every
// instruction counts: exponents are whole numbers of 2^-23, whose bits are those of float32.

#define PAIR 2
#define UNIT 0x1p23f      // exponents are counted in it
#define BONUS 0.6799286f  // weights are two to the power of this and three too large
#define MULTIPLY_ADD(sum, a, b) _mm512_dpbf16_ps(sum, (__m512bh)(a), (__m512bh)(b))

/// The bits of 12.8 * 2^(exponent / 2^23), within 8e-5, plus half a unit of bfloat16, so that the upper half is rounded.
///
/// With an exponent of n + f, 0 <= f < 1, 2^f is a cubic in y = 1 + f whose greatest relative error is the least possible.
/// Softmax does not see a factor of all weights: with one that makes y^3 stand alone, (y^2 + b) (y + a) + c takes one
/// product less.
INLINE __m512i weight_bits(lanes exponent) {
  const __m512i lowest = _mm512_set1_epi32(-130 * (1 << 23));  // less than the least bfloat16
  const __m512i whole = _mm512_set1_epi32((int32_t)0xff800000);
  const __m512i one = _mm512_set1_epi32(0x3f800000);
  const __m512i half = _mm512_set1_epi32(0x8000);
  __m512i e = _mm512_max_epi32(_mm512_cvttps_epi32(exponent), lowest);
  lanes y = (lanes)_mm512_ternarylogic_epi32(e, whole, one, 0xba);  // (e & ~whole) | one
  lanes p = fused(fused(y, y, splat(6.1233677f)), y + splat(-0.10261393f), splat(6.4231143f));
  __m512i n = _mm512_ternarylogic_epi32(e, whole, half, 0xea);  // (e & whole) | half
  return _mm512_add_epi32((__m512i)p, n);
}

/// Makes two vectors of scores weights, 2 to the power of score * factor - maximum; answers the total with them.
INLINE lanes weigh(
    const float *scores, float factor, lanes maximum, lanes total, uint32_t *weights) {
  __m512i low = weight_bits(fused(load(scores), splat(factor), -maximum));
  __m512i high = weight_bits(fused(load(scores + LANES), splat(factor), -maximum));
  lanes pair = (lanes)_mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(low, 16), high);
  store(weights, pair);
  return MULTIPLY_ADD(total, pair, splat_bits(0x3f803f80));  // pairs of ones
}
