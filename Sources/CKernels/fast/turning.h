// Squares of numbers, turned over in vectors.

#if WEFT_LANES == 16

#define WEFT_LOW_PLACES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define WEFT_HIGH_PLACES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

#elif WEFT_LANES == 8

#define WEFT_LOW_PLACES 0, 8, 1, 9, 2, 10, 3, 11
#define WEFT_HIGH_PLACES 4, 12, 5, 13, 6, 14, 7, 15

#endif

/// Exchanges the rows and columns of a square with as many rows as lanes: the upper half is laid between the lower one as
/// often as the number of lanes can be halved.
WEFT_INLINE void turn(floats *rows) {
#if WEFT_LANES > 1
  for (size_t step = 1; step < WEFT_LANES; step *= 2) {
    floats mixed[WEFT_LANES];
    for (size_t k = 0; k < WEFT_LANES / 2; k++) {
      floats upper = rows[k], lower = rows[k + WEFT_LANES / 2];
      mixed[2 * k] = __builtin_shufflevector(upper, lower, WEFT_LOW_PLACES);
      mixed[2 * k + 1] = __builtin_shufflevector(upper, lower, WEFT_HIGH_PLACES);
    }
    memcpy(rows, mixed, sizeof mixed);
  }
#else
  (void)rows;
#endif
}
