// Runs of several elements at a time; WEFT_LANES is how many. Include only where the target has that many.
#ifndef WEFT_SCALED_LANES_H
#define WEFT_SCALED_LANES_H

#include "scaled_plain.h"

typedef float floats __attribute__((ext_vector_type(WEFT_LANES)));
typedef int32_t ints __attribute__((ext_vector_type(WEFT_LANES)));
typedef uint8_t bytes __attribute__((ext_vector_type(WEFT_LANES)));
typedef int8_t signed_bytes __attribute__((ext_vector_type(WEFT_LANES)));
typedef uint16_t halves __attribute__((ext_vector_type(2 * WEFT_LANES)));

WEFT_ALWAYS_INLINE ints bits_of(floats x) { return (ints)x; }
WEFT_ALWAYS_INLINE floats floats_of(ints x) { return (floats)x; }

WEFT_ALWAYS_INLINE floats load_floats(const float *values) {
  floats result;
  memcpy(&result, values, sizeof result);
  return result;
}

WEFT_ALWAYS_INLINE bytes load_bytes(const uint8_t *codes) {
  bytes result;
  memcpy(&result, codes, sizeof result);
  return result;
}

#if WEFT_LANES == 16

typedef uint8_t quads __attribute__((ext_vector_type(64)));

/// The elements of a table at places from 0 to 15.
WEFT_ALWAYS_INLINE ints pick(const int32_t *table, ints places) {
  return (ints)_mm512_permutexvar_epi32((__m512i)places, _mm512_loadu_si512(table));
}

/// The elements of a table at places from 0 to 7.
WEFT_ALWAYS_INLINE ints pick_of_8(const int32_t *table, ints places) {
  __m256i half = _mm256_loadu_si256((const __m256i *)table);
  return (ints)_mm512_permutexvar_epi32((__m512i)places, _mm512_castsi256_si512(half));
}

/// Four times the lanes, of which each holds a byte, side by side.
WEFT_ALWAYS_INLINE quads join(ints a, ints b, ints c, ints d) {
  __m512i low = _mm512_packus_epi32((__m512i)a, (__m512i)b), high = _mm512_packus_epi32((__m512i)c, (__m512i)d);
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return (quads)_mm512_permutexvar_epi32(order, _mm512_packus_epi16(low, high));
}

#else

typedef uint8_t quads __attribute__((ext_vector_type(32)));

WEFT_ALWAYS_INLINE ints pick_of_8(const int32_t *table, ints places) {
  return (ints)_mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)table), (__m256i)places);
}

WEFT_ALWAYS_INLINE ints pick(const int32_t *table, ints places) {
  return places > 7 ? pick_of_8(table + 8, places) : pick_of_8(table, places);
}

WEFT_ALWAYS_INLINE quads join(ints a, ints b, ints c, ints d) {
  __m256i low = _mm256_packus_epi32((__m256i)a, (__m256i)b), high = _mm256_packus_epi32((__m256i)c, (__m256i)d);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return (quads)_mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order);
}

#endif

/// What is counted while a slice is written.
typedef struct counter {
  ints zero;        // minus the values that became zero, as long as `most` is within the type
  ints most;        // the largest magnitudes that were rounded
  weft_tally rest;  // of what does not fill the lanes
} counter;

WEFT_ALWAYS_INLINE counter start_counter(void) { return (counter){0}; }

/// Whether there are values to count that only `count_again` counts.
WEFT_ALWAYS_INLINE bool needs_recount(kind kind, const counter *counter) {
  return (uint32_t)__builtin_reduce_max(counter->most) >= first_beyond(kind);
}

WEFT_ALWAYS_INLINE weft_tally counted(const counter *counter) {
  weft_tally tally = counter->rest;
  for (int i = 0; i < WEFT_LANES; i++) tally.underflowed += (uint64_t)-(int64_t)counter->zero[i];
  return tally;
}

/// Rounds as `weft_nearest_code` does; infinity and NaN get codes above all others.
WEFT_ALWAYS_INLINE ints nearest_codes(ints magnitude, small_float format) {
  const int dropped = 23 - format.fraction_width;
  const int rebias = (format.least_exponent + 126) << 23;
  const ints odd = (magnitude >> dropped) & 1;
  ints normal = (magnitude - rebias + ((1 << (dropped - 1)) - 1) + odd) >> dropped;
  // Added to a value of which the last place is the format's step, the rounding is float32's own.
  const float anchor = weft_power(format.least_exponent + dropped);
  ints small = bits_of(floats_of(magnitude) + anchor) - (int)weft_bits_of_float(anchor);
  return magnitude < ((format.least_exponent + 127) << 23) ? small : normal;
}

WEFT_ALWAYS_INLINE ints encode_small_floats(kind kind, ints bits, ints magnitude, bool saturates) {
  const small_float format = format_of(kind);
  // The code beyond the greatest value is the next one, and that of NaN is above or the same.
  ints code = __builtin_elementwise_min(
    nearest_codes(magnitude, format), (ints)(saturates ? format.greatest : format.beyond));
  if (format.nan != (saturates ? format.greatest : format.beyond)) {
    code = magnitude > 0x7F800000 ? format.nan : code;
  }
  const int sign_shift = format.sign == 0x80 ? 24 : 28;
  ints sign = (bits >> sign_shift) & format.sign;
  if (!format.has_minus) sign = (code & 0x7F) == 0 ? 0 : sign;  // zero, and 0x80, which is NaN
  return code | sign;
}

WEFT_ALWAYS_INLINE ints encode_powers(ints magnitude, bool saturates) {
  // The two least powers tie to even: their half-way point is the only one that stays down.
  ints size = __builtin_elementwise_min(magnitude, (ints)(saturates ? 0x7F000000 : 0x7F800000));
  ints code = (size + 0x400000 - (magnitude == 0x400000 ? 1 : 0)) >> 23;
  return magnitude > 0x7F800000 ? 255 : code;
}

WEFT_ALWAYS_INLINE ints encode_integers(floats value) {
  floats clamped = value > 127.0f ? 127.0f : value < -127.0f ? -127.0f : value;
  ints code = bits_of(clamped + 0x1.8p23f) - 0x4B400000;
  return (value != value ? 0 : code) & 0xFF;
}

/// One step of a search by halves: twice the place, and one more if the value is above the line there.
WEFT_ALWAYS_INLINE ints climb_half(const float *lines, ints place, floats value) {
  int32_t table[8];
  memcpy(table, lines, sizeof table);
  return place + place - !(value <= floats_of(pick_of_8(table, place)));
}

WEFT_ALWAYS_INLINE ints climb_ladder(const nibble_ladder *ladder, floats value) {
  const float *line = ladder->lines;
  const float halves[8] = {line[7]}, quarters[8] = {line[3], line[11]};
  const float eighths[8] = {line[1], line[5], line[9], line[13]};
  const float last[8] = {line[0], line[2], line[4], line[6], line[8], line[10], line[12], line[14]};
  ints place = climb_half(quarters, climb_half(halves, 0, value), value);
  return climb_half(last, climb_half(eighths, place, value), value);
}

/// The codes of the rungs of the FP4 of bitsandbytes.
WEFT_ALWAYS_INLINE ints ladder_codes(ints rung) {
  int32_t codes[16];
  for (int i = 0; i < 16; i++) codes[i] = weft_bnb_fp4_ladder.codes[i];
  return pick(codes, rung);
}

WEFT_ALWAYS_INLINE ints encode_lanes(kind kind, floats value, bool saturates) {
  ints bits = bits_of(value), magnitude = bits & 0x7FFFFFFF;
  switch (kind) {
    case KIND_E8M0: return encode_powers(magnitude, saturates);
    case KIND_I8: return encode_integers(value);
    case KIND_NF4: return climb_ladder(ladder_of(kind), value);
    case KIND_BNB_FP4: return ladder_codes(climb_ladder(ladder_of(kind), value));
    default: return encode_small_floats(kind, bits, magnitude, saturates);
  }
}

WEFT_ALWAYS_INLINE floats scaled_lanes(floats value, run run) {
  switch (run.scaling) {
    case RUN_PLAIN: return value;
    case RUN_TIMES: return value * run.scale;
    case RUN_OVER: return value / run.scale;
    case RUN_ZERO: return 0;
  }
  return 0;
}

/// The values that become zero, apart from those that are zero.
WEFT_ALWAYS_INLINE ints vanished(kind kind, ints before, ints after, ints code) {
  ints is_zero = kind == KIND_NF4 ? code == 7
    : kind == KIND_BNB_FP4 ? (code & 7) == 0
    : after <= (int)last_zero(kind);
  return is_zero & (before != 0);
}

WEFT_ALWAYS_INLINE ints encode_and_count(kind kind, const float *values, run run, counter *counter) {
  floats value = load_floats(values);
  ints before = bits_of(value) & 0x7FFFFFFF;
  value = scaled_lanes(value, run);
  ints after = bits_of(value) & 0x7FFFFFFF, code = encode_lanes(kind, value, run.saturates);
  // What is not finite stays so under any scale, but not where all becomes zero.
  counter->most = __builtin_elementwise_max(counter->most, run.scaling == RUN_ZERO ? before : after);
  if (kind != KIND_E8M0) counter->zero += vanished(kind, before, after, code);
  return code;
}

WEFT_ALWAYS_INLINE void encode_run(
    kind kind, const float *values, size_t count, run run, uint8_t *codes, counter *counter) {
  size_t i = 0;
  for (; i + 4 * WEFT_LANES <= count; i += 4 * WEFT_LANES) {
    ints code[4];
    for (int k = 0; k < 4; k++) code[k] = encode_and_count(kind, values + i + k * WEFT_LANES, run, counter);
    quads joined = join(code[0], code[1], code[2], code[3]);
    memcpy(codes + i, &joined, sizeof joined);
  }
  for (; i + WEFT_LANES <= count; i += WEFT_LANES) {
    bytes narrow = __builtin_convertvector(encode_and_count(kind, values + i, run, counter), bytes);
    memcpy(codes + i, &narrow, sizeof narrow);
  }
  encode_plainly(kind, values + i, count - i, run, codes + i, &counter->rest);
}

/// The values of codes of a small float.
WEFT_ALWAYS_INLINE floats decode_small_floats(ints byte, small_float format) {
  const int up = 23 - format.fraction_width;
  ints code = byte & 0x7F, sign = (byte & 0x80) << 24;
  ints normal = (code << up) + ((format.least_exponent + 126) << 23);
  floats small = __builtin_convertvector(code, floats) * weft_power(format.least_exponent - format.fraction_width);
  ints bits = code < (1 << format.fraction_width) ? bits_of(small) : normal;
  if (!format.has_minus) return floats_of(byte == 0x80 ? 0x7FC00000 : bits | sign);
  if (format.beyond != format.nan) bits = code == format.beyond ? 0x7F800000 : bits;
  const int last_number = format.beyond != format.nan ? format.beyond : format.greatest;
  return floats_of((code > last_number ? 0x7FC00000 : bits) | sign);
}

WEFT_ALWAYS_INLINE floats decode_lanes(kind kind, bytes code) {
  ints byte = __builtin_convertvector(code, ints);
  switch (kind) {
    case KIND_I8:
      return __builtin_convertvector(
        __builtin_convertvector((signed_bytes)code, ints), floats);
    case KIND_E8M0:
      return floats_of(byte == 255 ? 0x7FC00000 : byte == 0 ? 0x400000 : byte << 23);
    default: return decode_small_floats(byte, format_of(kind));
  }
}

WEFT_ALWAYS_INLINE void decode_run(
    kind kind, const uint8_t *codes, size_t count, bool has_scale, float scale, float *values) {
  size_t whole = count - count % WEFT_LANES;
  for (size_t i = 0; i < whole; i += WEFT_LANES) {
    floats value = decode_lanes(kind, load_bytes(codes + i));
    if (has_scale) value *= scale;
    memcpy(values + i, &value, sizeof value);
  }
  decode_plainly(kind, codes + whole, count - whole, has_scale, scale, values + whole);
}

WEFT_ALWAYS_INLINE void look_up_run(
    const float *book, const uint8_t *codes, size_t count, bool has_scale, float scale, float *values) {
  int32_t table[16];
  memcpy(table, book, sizeof table);
  size_t whole = count - count % WEFT_LANES;
  for (size_t i = 0; i < whole; i += WEFT_LANES) {
    floats value = floats_of(pick(table, __builtin_convertvector(load_bytes(codes + i), ints)));
    if (has_scale) value *= scale;
    memcpy(values + i, &value, sizeof value);
  }
  look_up_plainly(book, codes + whole, count - whole, has_scale, scale, values + whole);
}

WEFT_ALWAYS_INLINE uint32_t largest_of_run(
    const void *values, weft_float type, size_t first, size_t count) {
  size_t step = type == WEFT_F32 ? WEFT_LANES : 2 * WEFT_LANES, whole = count - count % step;
  uint32_t largest = 0;
  if (type == WEFT_F32) {
    ints most = 0;
    for (size_t i = first; i < first + whole; i += step) {
      ints magnitude = bits_of(load_floats((const float *)values + i)) & 0x7FFFFFFF;
      most = __builtin_elementwise_max(most, magnitude);
    }
    largest = (uint32_t)__builtin_reduce_max(most);
  } else {
    halves most = 0;
    for (size_t i = first; i < first + whole; i += step) {
      halves magnitude;
      memcpy(&magnitude, (const uint16_t *)values + i, sizeof magnitude);
      most = __builtin_elementwise_max(most, magnitude & 0x7FFF);
    }
    largest = __builtin_reduce_max(most);
  }
  return largest_plainly(values, type, first + whole, count - whole, largest);
}

#endif
