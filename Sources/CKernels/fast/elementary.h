// exp, tanh and the tail of the normal distribution, over vectors.
//
// The polynomials are minimax fits of the relative error over the ranges named. Results of float32 are exact to some units
// in the last place, those for bfloat16 to 2^-12.

/// value * 2^n, where `shifted` is n + 1.5 * 2^23; in two steps, since 2^n alone may be subnormal or infinite.
WEFT_INLINE floats scaled(floats value, floats shifted) {
  ints exponent = (ints)shifted - (ints)(floats)0x1.8p23f;
  ints half = exponent >> 1;
  return value * (floats)((half + 127) << 23) * (floats)((exponent - half + 127) << 23);
}

/// exp(x) = 2^n exp(r) with |r| <= log(2) / 2; outside of the clamp the result is 0 or infinite.
WEFT_INLINE floats exact_exponential(floats x) {
  const float log2_high = 0x1.62E4p-1f, log2_low = 0x1.7F7D1Cp-20f;  // n * log2_high is exact
  x = x > 89.0f ? (floats)89.0f : x;
  x = x < -104.0f ? (floats)-104.0f : x;
  floats shifted = x * 0x1.715476p0f + 0x1.8p23f;  // rounds to the next integer
  floats n = shifted - 0x1.8p23f;
  floats r = (x - n * log2_high) - n * log2_low;
  floats p = 0x1.6DB412p-10f * r + 0x1.123B46p-7f;
  p = p * r + 0x1.55545Ep-5f;
  p = p * r + 0x1.55548Ep-3f;
  p = p * r + 0.5f;
  return scaled(1.0f + (r + r * r * p), shifted);
}

/// 2^f for 0 <= f <= 1.
WEFT_INLINE floats power_of_fraction(floats f) {
  floats p = 0x1.3F96A4p-4f * f + 0x1.CEFC4Ep-3f;
  p = p * f + 0x1.64444Ap-1f;
  return p * f + 0x1.FFF632p-1f;
}

/// 2^k; outside of float32's exponents the result is 0 or infinite.
WEFT_INLINE floats quick_power_of_two(floats k) {
#if WEFT_LANES == 16
  __m512 f = _mm512_reduce_ps((__m512)k, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  return (floats)_mm512_scalef_ps((__m512)power_of_fraction((floats)f), (__m512)k);
#else
  k = k > 130.0f ? (floats)130.0f : k;
  k = k < -160.0f ? (floats)-160.0f : k;
  floats shifted = (k - 0.5f) + 0x1.8p23f;  // rounds down, or to the integer that k is
  return scaled(power_of_fraction(k - (shifted - 0x1.8p23f)), shifted);
#endif
}

/// exp(factor * x).
WEFT_INLINE floats exponential(floats x, float factor, weft_element element) {
  if (element == WEFT_ELEMENT_F32) return exact_exponential(factor * x);
  return quick_power_of_two((factor * 0x1.715476p0f) * x);
}

/// x / y; for bfloat16 by the inverse that AVX-512 has.
WEFT_INLINE floats quotient(floats x, floats y, weft_element element) {
#if WEFT_LANES == 16
  if (element == WEFT_ELEMENT_BF16) return x * (floats)_mm512_rcp14_ps((__m512)y);
#endif
  (void)element;
  return x / y;
}

/// The probability that a normal number is above a >= 0: exp(-a^2 / 2) times a polynomial of 1 / (1 + c a).
///
/// Source of the form: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
WEFT_INLINE floats normal_tail(floats a, weft_element element) {
  floats bell = exponential(a * a, -0.5f, element);
  if (element == WEFT_ELEMENT_BF16) {
    floats t = quotient(1.0f, 1.0f + 0x1.824978p-2f * a, element);
    floats p = -0x1.73AEBCp-4f * t + 0x1.917A32p-3f;
    p = p * t + 0x1.6344D2p-4f;
    p = p * t + 0x1.4379F2p-3f;
    p = p * t + 0x1.333908p-3f;
    return bell * (p * t);
  }
  floats t = 1.0f / (1.0f + 0x1.3864DEp-2f * a);
  floats p = 0x1.2BEEDEp-5f * t + -0x1.385DBAp-3f;
  p = p * t + 0x1.7A623Ep-3f;
  p = p * t + -0x1.30851Ap-5f;
  p = p * t + 0x1.EE0FCCp-4f;
  p = p * t + 0x1.A82A66p-4f;
  p = p * t + 0x1.F5AC1Ap-4f;
  p = p * t + 0x1.F25BD4p-4f;
  return bell * (p * t);
}

WEFT_INLINE floats magnitude(floats x) { return (floats)((words)x & 0x7FFFFFFFu); }

/// A polynomial below 0.625, and 1 - 2 / (exp(2 |x|) + 1) above.
WEFT_INLINE floats hyperbolic_tangent(floats x) {
  floats a = magnitude(x), z = a * a;
  floats p = -0x1.76ABF6p-8f * z + 0x1.5256CEp-6f;
  p = p * z + -0x1.B84448p-5f;
  p = p * z + 0x1.110768p-3f;
  p = p * z + -0x1.555534p-2f;
  floats large = 1.0f - 2.0f / (exact_exponential(2.0f * a) + 1.0f);
  floats y = a < 0.625f ? a + a * z * p : large;
  return (floats)((words)y | ((words)x & 0x80000000u));
}
