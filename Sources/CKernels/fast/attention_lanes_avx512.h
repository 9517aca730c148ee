// What AVX-512 has its own names for.
#define HIGHER(a, b) _mm512_max_ps(a, b)
#define RIFFLE_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define RIFFLE_HIGH(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOAD_BYTES(source, count) (lanes)_mm512_maskz_loadu_epi8((1ull << (count)) - 1, source)
