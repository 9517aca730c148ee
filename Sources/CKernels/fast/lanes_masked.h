// Parts of vectors of 16 lanes; an access is masked, so that nothing beyond the part is touched.
#include <immintrin.h>

WEFT_INLINE __mmask16 mask_of(size_t n) { return (__mmask16)((1u << n) - 1); }

WEFT_INLINE floats load_floats(const void *x, size_t n) {
  return n == WEFT_LANES ? (floats)_mm512_loadu_ps(x) : (floats)_mm512_maskz_loadu_ps(mask_of(n), x);
}

WEFT_INLINE halves load_halves(const void *x, size_t n) {
  return (halves)(n == WEFT_LANES ? _mm256_loadu_si256(x) : _mm256_maskz_loadu_epi16(mask_of(n), x));
}

WEFT_INLINE void store_floats(void *target, size_t n, floats x) {
  if (n == WEFT_LANES) {
    _mm512_storeu_ps(target, (__m512)x);
  } else {
    _mm512_mask_storeu_ps(target, mask_of(n), (__m512)x);
  }
}

WEFT_INLINE void store_halves(void *target, size_t n, halves x) {
  if (n == WEFT_LANES) {
    _mm256_storeu_si256(target, (__m256i)x);
  } else {
    _mm256_mask_storeu_epi16(target, mask_of(n), (__m256i)x);
  }
}
