// Parts of vectors, by way of memory that has room for all lanes.
WEFT_INLINE floats load_floats(const void *x, size_t n) {
  floats result = 0.0f;
  if (n == WEFT_LANES) {
    memcpy(&result, x, sizeof(float) * WEFT_LANES);
  } else {
    memcpy(&result, x, sizeof(float) * n);
  }
  return result;
}

WEFT_INLINE halves load_halves(const void *x, size_t n) {
  halves result = 0;
  if (n == WEFT_LANES) {
    memcpy(&result, x, sizeof(uint16_t) * WEFT_LANES);
  } else {
    memcpy(&result, x, sizeof(uint16_t) * n);
  }
  return result;
}

WEFT_INLINE void store_floats(void *target, size_t n, floats x) {
  if (n == WEFT_LANES) {
    memcpy(target, &x, sizeof(float) * WEFT_LANES);
  } else {
    memcpy(target, &x, sizeof(float) * n);
  }
}

WEFT_INLINE void store_halves(void *target, size_t n, halves x) {
  if (n == WEFT_LANES) {
    memcpy(target, &x, sizeof(uint16_t) * WEFT_LANES);
  } else {
    memcpy(target, &x, sizeof(uint16_t) * n);
  }
}
