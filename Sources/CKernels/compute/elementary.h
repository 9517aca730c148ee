// exp, erf and tanh of float32, with errors of less than two units in the last place.
//
// The polynomials are minimax fits over the ranges named. Without branches and calls, so that loops become vectors.
#include <string.h>

static inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float absolute(float x) { return float_of_bits(bits_of_float(x) & 0x7FFFFFFFu); }

static inline float with_sign_of(float magnitude, float x) {
  return float_of_bits(bits_of_float(magnitude) | (bits_of_float(x) & 0x80000000u));
}

/// exp(x) = 2^n exp(r) with |r| <= log(2) / 2; outside of the clamp the result is 0 or infinite.
static inline float exponential(float x) {
  const float log2_high = 0x1.62E4p-1f, log2_low = 0x1.7F7D1Cp-20f;  // n * log2_high is exact
  const float shift = 0x1.8p23f;                                    // rounds to the next integer
  float clamped = x > 89.0f ? 89.0f : x;
  clamped = clamped < -104.0f ? -104.0f : clamped;
  float shifted = clamped * 0x1.715476p0f + shift;
  float n = shifted - shift;
  float r = (clamped - n * log2_high) - n * log2_low;
  float p = 0x1.6DB412p-10f;
  p = p * r + 0x1.123B46p-7f;
  p = p * r + 0x1.55545Ep-5f;
  p = p * r + 0x1.55548Ep-3f;
  p = p * r + 0.5f;
  float y = 1.0f + (r + r * r * p);
  // In two steps, since 2^n alone may be subnormal or infinite.
  int32_t exponent = (int32_t)(bits_of_float(shifted) - bits_of_float(shift));
  int32_t half = exponent >> 1;
  float one = float_of_bits((uint32_t)(half + 127) << 23);
  float other = float_of_bits((uint32_t)(exponent - half + 127) << 23);
  return y * one * other;
}

/// A polynomial below 0.875, and 1 - exp(-q(|x|)) above.
static inline float error_function(float x) {
  float a = absolute(x);
  float z = a * a;
  float p = -0x1.463BECp-11f;
  p = p * z + 0x1.4A07E8p-8f;
  p = p * z + -0x1.B6FDFEp-6f;
  p = p * z + 0x1.CE21D8p-4f;
  p = p * z + -0x1.812710p-2f;
  p = p * z + 0x1.06EBA6p-3f;
  float small = a + a * p;
  float b = a > 4.0f ? 4.0f : a;
  float q = 0x1.58D806p-16f;
  q = q * b + -0x1.C107BCp-12f;
  q = q * b + 0x1.0F61EEp-8f;
  q = q * b + -0x1.9A43A4p-6f;
  q = q * b + 0x1.BB04AEp-4f;
  q = q * b + 0x1.445468p-1f;
  q = q * b + 0x1.21245Ep0f;
  q = q * b + -0x1.571174p-13f;
  float large = 1.0f - exponential(-q);
  return with_sign_of(a < 0.875f ? small : large, x);
}

/// A polynomial below 0.625, and 1 - 2 / (exp(2 |x|) + 1) above.
static inline float hyperbolic_tangent(float x) {
  float a = absolute(x);
  float z = a * a;
  float p = -0x1.76ABF6p-8f;
  p = p * z + 0x1.5256CEp-6f;
  p = p * z + -0x1.B84448p-5f;
  p = p * z + 0x1.110768p-3f;
  p = p * z + -0x1.555534p-2f;
  float small = a + a * z * p;
  float large = 1.0f - 2.0f / (exponential(2.0f * a) + 1.0f);
  return with_sign_of(a < 0.625f ? small : large, x);
}
