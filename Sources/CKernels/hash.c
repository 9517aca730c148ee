#include "CKernels.h"

/// The output of splitmix64 for a state.
static uint64_t mix(uint64_t state) {
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static float matrix_unit(uint64_t fan_in) {
  float unit = 0x1p-9f;
  for (uint64_t power = 1; power < fan_in; power *= 4) unit /= 2;
  return unit;
}

void weft_hash_weights(
    uint64_t seed, weft_hash_kind kind, uint64_t fan_in, uint64_t first, size_t count,
    float *target) {
  float unit = kind == WEFT_HASH_MATRIX ? matrix_unit(fan_in)
             : kind == WEFT_HASH_NORM   ? 0x1p-10f
             : kind == WEFT_HASH_BIAS   ? 0x1p-13f
                                        : 0x1p-15f;
  int shift = kind == WEFT_HASH_NORM ? 55 : 53;
  int offset = kind == WEFT_HASH_NORM ? 1024 - 256 : -1024;  // in units: 1 is 1024 * 2^-10
  for (size_t i = 0; i < count; i++) {
    uint64_t x = mix(seed + (first + i + 1) * 0x9E3779B97F4A7C15u);
    target[i] = (float)((int)(x >> shift) + offset) * unit;
  }
}
