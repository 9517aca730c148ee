// The runs of the definitions.
#ifndef WEFT_SCALED_RUNS_H
#define WEFT_SCALED_RUNS_H

#include "scaled_plain.h"

/// What is counted while a slice is written.
typedef struct counter { weft_tally tally; } counter;

WEFT_ALWAYS_INLINE counter start_counter(void) { return (counter){{0}}; }

WEFT_ALWAYS_INLINE bool needs_recount(kind kind, const counter *counter) {
  (void)kind, (void)counter;
  return false;
}

WEFT_ALWAYS_INLINE weft_tally counted(const counter *counter) { return counter->tally; }

WEFT_ALWAYS_INLINE void encode_run(
    kind kind, const float *values, size_t count, run run, uint8_t *codes, counter *counter) {
  encode_plainly(kind, values, count, run, codes, &counter->tally);
}

WEFT_ALWAYS_INLINE void decode_run(
    kind kind, const uint8_t *codes, size_t count, bool has_scale, float scale, float *values) {
  decode_plainly(kind, codes, count, has_scale, scale, values);
}

WEFT_ALWAYS_INLINE void look_up_run(
    const float *book, const uint8_t *codes, size_t count, bool has_scale, float scale, float *values) {
  look_up_plainly(book, codes, count, has_scale, scale, values);
}

WEFT_ALWAYS_INLINE uint32_t largest_of_run(
    const void *values, weft_float type, size_t first, size_t count) {
  return largest_plainly(values, type, first, count, 0);
}

#endif
