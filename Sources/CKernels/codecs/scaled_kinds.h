// All types of a byte and of half a byte behind one face: a kind, for each of which the functions are compiled.
#ifndef WEFT_SCALED_KINDS_H
#define WEFT_SCALED_KINDS_H

#include "nibble_books.h"
#include "small_float.h"

#define WEFT_ALWAYS_INLINE static inline __attribute__((always_inline))

/// The types of a byte, and after them those of half a byte.
typedef enum kind {
  KIND_E4M3FN, KIND_E5M2, KIND_E4M3FNUZ, KIND_E5M2FNUZ, KIND_E8M0, KIND_I8, KIND_E2M1, KIND_NF4, KIND_BNB_FP4
} kind;

/// How one run of values that share a scale is written.
typedef struct run {
  enum { RUN_PLAIN, RUN_TIMES, RUN_OVER, RUN_ZERO } scaling;
  float scale;
  bool saturates;
} run;

WEFT_ALWAYS_INLINE bool is_small_float(kind kind) {
  return kind <= KIND_E5M2FNUZ || kind == KIND_E2M1;
}

WEFT_ALWAYS_INLINE small_float format_of(kind kind) {
  switch (kind) {
    case KIND_E5M2: return weft_e5m2;
    case KIND_E4M3FNUZ: return weft_e4m3fnuz;
    case KIND_E5M2FNUZ: return weft_e5m2fnuz;
    case KIND_E2M1: return weft_e2m1;
    default: return weft_e4m3fn;
  }
}

WEFT_ALWAYS_INLINE const nibble_ladder *ladder_of(kind kind) {
  return kind == KIND_NF4 ? &weft_nf4_ladder : &weft_bnb_fp4_ladder;
}

/// The least magnitude, as the bits of a float32, that is beyond the greatest value by more than rounding.
///
/// For the lists of bitsandbytes: as far above the greatest value as the highest line is below it.
WEFT_ALWAYS_INLINE uint32_t first_beyond(kind kind) {
  switch (kind) {
    case KIND_E4M3FN: return 0x43E80001;     // above 464
    case KIND_E5M2: return 0x47700000;       // 61440
    case KIND_E4M3FNUZ: return 0x43780000;   // 248
    case KIND_E5M2FNUZ: return 0x47700000;   // 61440
    case KIND_E8M0: return 0x7F400000;       // 1.5 * 2^127
    case KIND_I8: return 0x42FF0000;         // 127.5
    case KIND_E2M1: return 0x40E00000;       // 7
    case KIND_NF4: return 0x3F91BB13;
    case KIND_BNB_FP4: return 0x3F955555;
  }
  return 0;
}

/// The greatest magnitude, as the bits of a float32, that becomes zero in a small float or in I8.
WEFT_ALWAYS_INLINE uint32_t last_zero(kind kind) {
  if (kind == KIND_I8) return 0x3F000000;
  const small_float format = format_of(kind);
  return (uint32_t)(format.least_exponent - format.fraction_width - 1 + 127) << 23;
}

/// Whether a code stands for zero; E8M0 has none.
WEFT_ALWAYS_INLINE bool stands_for_zero(kind kind, uint8_t code) {
  switch (kind) {
    case KIND_E8M0: return false;
    case KIND_I8: return code == 0;
    case KIND_NF4: return code == 7;
    case KIND_E2M1:
    case KIND_BNB_FP4: return (code & 7) == 0;
    default: return (code & 0x7F) == 0;
  }
}

#endif
