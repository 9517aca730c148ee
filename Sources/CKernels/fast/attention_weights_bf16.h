// Weights of bfloat16. An exponential costs about a fifth of what the products of a score cost for 40 channels, so every
// instruction counts: exponents are whole numbers of 2^-23, whose bits are those of float32.

#define PAIR 2
#define UNIT 0x1p23f  // exponents are counted in it
#define MULTIPLY_ADD(sum, a, b) _mm512_dpbf16_ps(sum, (__m512bh)(a), (__m512bh)(b))

/// The bits of 2^(exponent / 2^23), within 1.6e-4, plus half a unit of bfloat16, so that the upper half is rounded.
///
/// With exponent = n + f, 0 <= f < 1, 2^f is a polynomial in 1 + f whose greatest relative error is the least possible
/// for this degree. It is nowhere below 2^f, so that the lowest exponent gives zero.
INLINE __m512i weight_bits(lanes exponent) {
  const __m512i lowest = _mm512_set1_epi32(-127 * (1 << 23));
  const __m512i whole = _mm512_set1_epi32((int32_t)0xff800000);
  __m512i e = _mm512_max_epi32(_mm512_cvttps_epi32(exponent), lowest);
  // e where `whole` has no bit, or else the bits of 1
  __m512i one = _mm512_set1_epi32(0x3f800000);
  lanes f = (lanes)_mm512_ternarylogic_epi32(e, whole, one, 0xba);
  lanes p = fused(f, splat(0.07803037f), splat(-0.008007003f));
  p = fused(f, p, splat(0.4778086f));
  p = fused(f, p, splat(0.45216823f));
  __m512i half = _mm512_set1_epi32(0x8000);
  __m512i n = _mm512_ternarylogic_epi32(e, whole, half, 0xea);  // (e & whole) | half
  return _mm512_add_epi32((__m512i)p, n);
}

/// Makes two vectors of scores pairs of weights, 2 to the power of score * factor - maximum, and adds them to the total.
INLINE void weigh(
    const float *scores, float factor, const float *maximum, float *total, uint32_t *weights) {
  lanes top = load(maximum);
  __m512i low = weight_bits(fused(load(scores), splat(factor), -top));
  __m512i high = weight_bits(fused(load(scores + LANES), splat(factor), -top));
  lanes pair = (lanes)_mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(low, 16), high);
  store(total, MULTIPLY_ADD(load(total), pair, splat_bits(0x3f803f80)));
  store(weights, pair);
}
