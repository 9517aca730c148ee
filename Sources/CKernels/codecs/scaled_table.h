// Slices cut into runs that share a scale, and the table of functions; WEFT_SCALED_TABLE is its name.
//
// The runs' own functions are included before.
#include "scaled_tables.h"

#pragma STDC FP_CONTRACT OFF

/// Where in its groups a slice has come to.
typedef struct cursor {
  const float *scale;  // of the group
  size_t left;         // elements of the group that are still to come
  size_t length;       // of the next groups
} cursor;

static inline cursor first_group(const weft_groups *groups) {
  return (cursor){groups->scales, groups->length - groups->offset, groups->length};
}

/// Takes elements of one group, at most `limit`, and goes on to the next when none are left.
static inline size_t take_run(cursor *cursor, size_t limit, float *scale) {
  size_t count = cursor->left < limit ? cursor->left : limit;
  *scale = *cursor->scale;
  cursor->left -= count;
  if (cursor->left == 0) {
    cursor->left = cursor->length;
    cursor->scale += 1;
  }
  return count;
}

WEFT_ALWAYS_INLINE void encode_grouped(
    kind kind, const float *values, size_t count, int scaling, bool saturates, cursor *cursor,
    uint8_t *codes, counter *counter) {
  for (size_t done = 0; done < count;) {
    run run = {.scaling = RUN_TIMES, .saturates = saturates};
    size_t part = take_run(cursor, count - done, &run.scale);
    if (scaling == WEFT_TIMES_SCALE) {
      encode_run(kind, values + done, part, run, codes + done, counter);
    } else if (run.scale != 0) {
      run.scaling = RUN_OVER;
      encode_run(kind, values + done, part, run, codes + done, counter);
    } else {
      run.scaling = RUN_ZERO;
      encode_run(kind, values + done, part, run, codes + done, counter);
    }
    done += part;
  }
}

WEFT_ALWAYS_INLINE void add_tally(weft_tally *tally, weft_tally more) {
  tally->nonfinite_inputs += more.nonfinite_inputs;
  tally->overflowed += more.overflowed;
  tally->underflowed += more.underflowed;
}

/// Counts what was written, by the definition.
WEFT_ALWAYS_INLINE void count_again(
    kind kind, const float *values, size_t count, weft_scaling scaling, cursor cursor,
    const uint8_t *codes, weft_tally *tally) {
  if (scaling == WEFT_AS_IT_IS) {
    count_plainly(kind, values, count, (run){.scaling = RUN_PLAIN}, codes, tally);
    return;
  }
  for (size_t done = 0; done < count;) {
    run run = {.scaling = RUN_TIMES};
    size_t part = take_run(&cursor, count - done, &run.scale);
    if (scaling == WEFT_OVER_SCALE) run.scaling = run.scale == 0 ? RUN_ZERO : RUN_OVER;
    count_plainly(kind, values + done, part, run, codes + done, tally);
    done += part;
  }
}

/// Writes the codes of one kind; the cursor goes on where it stands.
WEFT_ALWAYS_INLINE void encode_kind(
    kind kind, const float *values, size_t count, weft_scaling scaling, bool saturates, cursor *cursor,
    uint8_t *codes, weft_tally *tally) {
  counter counter = start_counter();
  struct cursor start = *cursor;
  if (scaling == WEFT_AS_IT_IS) {
    run run = {.scaling = RUN_PLAIN, .saturates = saturates};
    encode_run(kind, values, count, run, codes, &counter);
  } else if (scaling == WEFT_TIMES_SCALE) {
    encode_grouped(kind, values, count, WEFT_TIMES_SCALE, saturates, cursor, codes, &counter);
  } else {
    encode_grouped(kind, values, count, WEFT_OVER_SCALE, saturates, cursor, codes, &counter);
  }
  if (needs_recount(kind, &counter)) {
    count_again(kind, values, count, scaling, start, codes, tally);
  } else {
    add_tally(tally, counted(&counter));
  }
}

static void encode(
    weft_byte_code code, const float *values, size_t count, const weft_writing *writing,
    uint8_t *bytes, weft_tally *tally) {
  cursor cursor = first_group(&writing->groups);
  weft_scaling scaling = writing->scaling;
#define ENCODE(kind, saturates) encode_kind(kind, values, count, scaling, saturates, &cursor, bytes, tally)
#define ENCODE_FLOAT(kind) if (writing->saturates) ENCODE(kind, true); else ENCODE(kind, false)
  switch (code) {
    case WEFT_F8_E4M3FN: ENCODE_FLOAT(KIND_E4M3FN); break;
    case WEFT_F8_E5M2: ENCODE_FLOAT(KIND_E5M2); break;
    case WEFT_F8_E4M3FNUZ: ENCODE_FLOAT(KIND_E4M3FNUZ); break;
    case WEFT_F8_E5M2FNUZ: ENCODE_FLOAT(KIND_E5M2FNUZ); break;
    case WEFT_F8_E8M0: ENCODE_FLOAT(KIND_E8M0); break;
    case WEFT_I8: ENCODE(KIND_I8, true); break;
    case WEFT_BYTE_CODE_COUNT: break;
  }
#undef ENCODE_FLOAT
#undef ENCODE
}

WEFT_ALWAYS_INLINE void decode_kind(
    kind kind, const uint8_t *codes, size_t count, const weft_groups *groups, float *values) {
  if (groups == NULL) {
    decode_run(kind, codes, count, false, 1, values);
    return;
  }
  cursor cursor = first_group(groups);
  for (size_t done = 0; done < count;) {
    float scale;
    size_t part = take_run(&cursor, count - done, &scale);
    decode_run(kind, codes + done, part, true, scale, values + done);
    done += part;
  }
}

static void decode(
    weft_byte_code code, const uint8_t *bytes, size_t count, const weft_groups *groups, float *values) {
  switch (code) {
    case WEFT_F8_E4M3FN: decode_kind(KIND_E4M3FN, bytes, count, groups, values); break;
    case WEFT_F8_E5M2: decode_kind(KIND_E5M2, bytes, count, groups, values); break;
    case WEFT_F8_E4M3FNUZ: decode_kind(KIND_E4M3FNUZ, bytes, count, groups, values); break;
    case WEFT_F8_E5M2FNUZ: decode_kind(KIND_E5M2FNUZ, bytes, count, groups, values); break;
    case WEFT_F8_E8M0: decode_kind(KIND_E8M0, bytes, count, groups, values); break;
    case WEFT_I8: decode_kind(KIND_I8, bytes, count, groups, values); break;
    case WEFT_BYTE_CODE_COUNT: break;
  }
}

/// The elements of halves of bytes that are unpacked before they are looked up, and looked up before they are packed.
#define NIBBLES 2048

/// Puts two codes into each byte; `count` is even.
static void pack(const uint8_t *codes, size_t count, bool high_first, uint8_t *bytes) {
  if (high_first) {
    for (size_t i = 0; i < count / 2; i++) bytes[i] = (uint8_t)(codes[2 * i] << 4 | codes[2 * i + 1]);
  } else {
    for (size_t i = 0; i < count / 2; i++) bytes[i] = (uint8_t)(codes[2 * i] | codes[2 * i + 1] << 4);
  }
}

static void unpack(const uint8_t *bytes, size_t count, bool high_first, uint8_t *codes) {
  if (high_first) {
    for (size_t i = 0; i < count / 2; i++) {
      codes[2 * i] = bytes[i] >> 4;
      codes[2 * i + 1] = bytes[i] & 15;
    }
  } else {
    for (size_t i = 0; i < count / 2; i++) {
      codes[2 * i] = bytes[i] & 15;
      codes[2 * i + 1] = bytes[i] >> 4;
    }
  }
}

static void encode_nibbles(
    weft_nibble_code code, const float *values, size_t count, const weft_writing *writing,
    bool high_first, uint8_t *bytes, weft_tally *tally) {
  cursor cursor = first_group(&writing->groups);
  weft_scaling scaling = writing->scaling;
  uint8_t codes[NIBBLES];
  for (size_t done = 0; done < count; done += NIBBLES) {
    size_t part = count - done < NIBBLES ? count - done : NIBBLES;
    const float *from = values + done;
    codes[part - 1 | 1] = code == WEFT_BNB_NF4 ? 7 : 0;
    switch (code) {
      case WEFT_F4_E2M1: encode_kind(KIND_E2M1, from, part, scaling, true, &cursor, codes, tally); break;
      case WEFT_BNB_NF4: encode_kind(KIND_NF4, from, part, scaling, true, &cursor, codes, tally); break;
      case WEFT_BNB_FP4: encode_kind(KIND_BNB_FP4, from, part, scaling, true, &cursor, codes, tally); break;
      case WEFT_NIBBLE_CODE_COUNT: break;
    }
    pack(codes, part + part % 2, high_first, bytes + done / 2);
  }
}

/// Looks up codes, times the scales if there are any; the cursor goes on where it stands.
static void look_up(
    const float *book, const uint8_t *codes, size_t count, cursor *cursor, float *values) {
  if (cursor == NULL) {
    look_up_run(book, codes, count, false, 1, values);
    return;
  }
  for (size_t done = 0; done < count;) {
    float scale;
    size_t part = take_run(cursor, count - done, &scale);
    look_up_run(book, codes + done, part, true, scale, values + done);
    done += part;
  }
}

static void decode_nibbles(
    const float book[16], const uint8_t *bytes, size_t count, const weft_groups *groups, bool high_first,
    float *values) {
  cursor cursor = groups == NULL ? (struct cursor){0} : first_group(groups);
  uint8_t codes[NIBBLES];
  for (size_t done = 0; done < count; done += NIBBLES) {
    size_t part = count - done < NIBBLES ? count - done : NIBBLES;
    unpack(bytes + done / 2, part + part % 2, high_first, codes);
    look_up(book, codes, part, groups == NULL ? NULL : &cursor, values + done);
  }
}

/// A magnitude, given as the bits of a type, as the bits of a float32; NaN has one form, larger than all others.
static inline uint32_t widen_magnitude(uint32_t magnitude, weft_float type) {
  uint32_t bits = type == WEFT_F16 ? weft_bits_of_float((float)weft_widen_f16((uint16_t)magnitude))
    : type == WEFT_BF16 ? magnitude << 16 : magnitude;
  return bits > 0x7F800000 ? 0x7FC00000 : bits;
}

WEFT_ALWAYS_INLINE void raise_groups(
    const void *values, weft_float type, size_t count, const weft_groups *groups, float *largest) {
  size_t left = groups->length - groups->offset;
  for (size_t done = 0; done < count; largest++) {
    size_t part = left < count - done ? left : count - done;
    uint32_t found = widen_magnitude(largest_of_run(values, type, done, part), type);
    if (found > weft_bits_of_float(*largest)) *largest = weft_float_of_bits(found);
    done += part;
    left = groups->length;
  }
}

static void raise_largest(
    const void *values, weft_float type, size_t count, const weft_groups *groups, float *largest) {
  switch (type) {
    case WEFT_F16: raise_groups(values, WEFT_F16, count, groups, largest); break;
    case WEFT_BF16: raise_groups(values, WEFT_BF16, count, groups, largest); break;
    default: raise_groups(values, WEFT_F32, count, groups, largest); break;
  }
}

const weft_scaled_kernels WEFT_SCALED_TABLE = {
  .encode = encode,
  .decode = decode,
  .encode_nibbles = encode_nibbles,
  .decode_nibbles = decode_nibbles,
  .raise_largest = raise_largest,
};
