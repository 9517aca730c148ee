// Vectors of float32. The file that includes this has defined LANES, their width, and includes the intrinsics.
#include <string.h>

#include "attention.h"

#define UNROLLED _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")
#define INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t whole_lanes __attribute__((vector_size(4 * LANES), may_alias));

INLINE lanes load(const void *source) { return *(const lanes *)source; }

INLINE void store(void *target, lanes values) { *(lanes *)target = values; }

INLINE lanes splat(float value) { return value - (lanes){0}; }

INLINE lanes splat_bits(uint32_t bits) { return (lanes)((int32_t)bits - (whole_lanes){0}); }

INLINE lanes fused(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }

INLINE lanes choose(whole_lanes mask, lanes yes, lanes no) {
  return (lanes)(((whole_lanes)yes & mask) | ((whole_lanes)no & ~mask));
}

INLINE bool any(whole_lanes mask) { return __builtin_reduce_or(mask) != 0; }

/// Powers of two, of x <= 127, within 3e-7 of the value; below -126 they fade to zero, and NaN stays.
///
/// With x = n + f, n whole and |f| <= 1/2, it is a polynomial in f whose exponent is raised by n. Its greatest relative
/// error, 9e-8, is the least that one of this degree with 1 at 0 can have.
INLINE lanes power_of_two(lanes x) {
  const lanes whole = splat(0x1.8p23f);  // a sum with it has no fraction, and n is in its low bits
  x = choose(x < splat(-127), splat(-127), x);
  lanes sum = x + whole, f = x - (sum - whole);
  lanes p = fused(f, splat(0x1.5bb98ap-10f), splat(0x1.3cea84p-7f));
  p = fused(f, p, splat(0x1.c6b754p-5f));
  p = fused(f, p, splat(0x1.ebf9bcp-3f));
  p = fused(f, p, splat(0x1.62e42ap-1f));
  p = fused(f, p, splat(1));
  return (lanes)((whole_lanes)p + ((whole_lanes)sum << 23));
}
