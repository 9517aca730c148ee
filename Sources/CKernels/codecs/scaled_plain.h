// The definitions of reading and writing, one element after the other.
#ifndef WEFT_SCALED_PLAIN_H
#define WEFT_SCALED_PLAIN_H

#include "scaled_kinds.h"

WEFT_ALWAYS_INLINE float scaled(float value, run run) {
  switch (run.scaling) {
    case RUN_PLAIN: return value;
    case RUN_TIMES: return value * run.scale;
    case RUN_OVER: return value / run.scale;
    case RUN_ZERO: return 0;
  }
  return 0;
}

/// Which rung of a ladder a value stands on.
static inline uint8_t climb(const nibble_ladder *ladder, float value) {
  int rung = 0;
  for (int i = 0; i < 15; i++) rung += !(value <= ladder->lines[i]);
  return ladder->codes[rung];
}

WEFT_ALWAYS_INLINE uint8_t encode_one(kind kind, float value, bool saturates) {
  switch (kind) {
    case KIND_E8M0: {
      uint8_t code = weft_encode_e8m0(value);
      return code == 255 && saturates && value == value ? 254 : code;
    }
    case KIND_I8: return (uint8_t)weft_encode_i8(value);
    case KIND_NF4:
    case KIND_BNB_FP4: return climb(ladder_of(kind), value);
    default: return weft_encode_small(value, format_of(kind), saturates);
  }
}

/// Counts what rounding did to values, fewer than 2^32.
WEFT_ALWAYS_INLINE void count_plainly(
    kind kind, const float *values, size_t count, run run, const uint8_t *codes, weft_tally *tally) {
  uint32_t nonfinite = 0, beyond = 0, vanished = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t before = weft_bits_of_float(values[i]) & 0x7FFFFFFF;
    uint32_t after = weft_bits_of_float(scaled(values[i], run)) & 0x7FFFFFFF;
    // Without branches, which would go either way.
    uint32_t is_finite = before < 0x7F800000, is_beyond = is_finite & (after >= first_beyond(kind));
    nonfinite += is_finite ^ 1;
    beyond += is_beyond;
    vanished += (is_finite ^ is_beyond) & (before > 0) & stands_for_zero(kind, codes[i]);
  }
  tally->nonfinite_inputs += nonfinite;
  tally->overflowed += beyond;
  tally->underflowed += vanished;
}

WEFT_ALWAYS_INLINE void encode_plainly(
    kind kind, const float *values, size_t count, run run, uint8_t *codes, weft_tally *tally) {
  for (size_t i = 0; i < count; i++) codes[i] = encode_one(kind, scaled(values[i], run), run.saturates);
  count_plainly(kind, values, count, run, codes, tally);
}

WEFT_ALWAYS_INLINE float decode_one(kind kind, uint8_t code) {
  switch (kind) {
    case KIND_E8M0: return weft_decode_e8m0(code);
    case KIND_I8: return (float)(int8_t)code;
    default: return weft_decode_small(code, format_of(kind));
  }
}

WEFT_ALWAYS_INLINE void decode_plainly(
    kind kind, const uint8_t *codes, size_t count, bool has_scale, float scale, float *values) {
  for (size_t i = 0; i < count; i++) {
    float value = decode_one(kind, codes[i]);
    values[i] = has_scale ? value * scale : value;
  }
}

WEFT_ALWAYS_INLINE void look_up_plainly(
    const float *book, const uint8_t *codes, size_t count, bool has_scale, float scale, float *values) {
  for (size_t i = 0; i < count; i++) {
    values[i] = has_scale ? book[codes[i]] * scale : book[codes[i]];
  }
}

/// The magnitude of an element, as the bits of its own type.
WEFT_ALWAYS_INLINE uint32_t magnitude_of(const void *values, weft_float type, size_t index) {
  if (type == WEFT_F32) return weft_bits_of_float(((const float *)values)[index]) & 0x7FFFFFFF;
  return ((const uint16_t *)values)[index] & 0x7FFFu;
}

WEFT_ALWAYS_INLINE uint32_t largest_plainly(
    const void *values, weft_float type, size_t first, size_t count, uint32_t largest) {
  for (size_t i = first; i < first + count; i++) {
    uint32_t magnitude = magnitude_of(values, type, i);
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

#endif
