// How far a low-rank update that is computed in float32 may lie from its definition in float64.
//
// Let u = 2^-24, s = sum |U[i,k]| |D[k,j]| (exact) and r the rank. The fast path computes
//   F = float32(U),  a = the sum of F * D in blocks of B = WEFT_BLOCK terms: B fused
//   multiply-adds from zero, then G = WEFT_GROUP blocks' results are added up in order, then those of the groups,
//   x = fl(base + a),  e = fl(q * n + fl(3u |x|)),
//   lo = fl(x - e),  hi = fl(x + e),  where q = row_bound[i] and n = column_bound[j].
// The definition is v = fl64(base + d), d = the same sum in float64.
//
// Claim: lo <= v <= hi. Rounding to the output's type is monotonic, so if lo and hi round to the
// same bits, v does.
//
// Proof. Without underflow, a term of a takes part in one rounding of U, at most B of the block,
// at most min(M, G) of the group, where M = ceil(r / B), and at most ceil(M / G) of the total if there are several
// groups, so with t = 1 + B + M, or t = 1 + B + G + ceil(M / G) for M > G,
//   |a - exact| <= ((1 + u)^t - 1) s <= (t + t^2 u) s u  for t u <= 1/2,
// and t^2 u <= 1/2 for r <= WEFT_GREATEST_RANK.
// The definition's own sum has r roundings of 2^-53 and two for each of at most r terms, and U is a
// scale times a factor, rounded once: |d - exact| <= 8 r 2^-53 s <= s u / 100 for such r. By Cauchy and Schwarz s <= |U_i| |D_j|; both norms were rounded upwards by a part in
// 2^20, which is more than the few float64 and float32 roundings with which they, and q, were
// computed. Hence
//   |a - d| <= (t + 0.51) u N  with N <= q n / ((t + 2) u).                      (1)
// x is a rounded sum: |x - (base + a)| <= u |x|; v too: |v - (base + d)| <= 2^-53 |v|. So
//   |v - x| <= (t + 0.51) u N + u |x| + 2^-53 |v|.                                 (2)
// lo and hi add their own rounding, at most u (|x| + e), and e is short of its exact value by at
// most 2u of it. With e >= (1 - 2u)((t + 2) u N + 3u |x|) it follows that
//   e - u (|x| + e) >= (1 - 3u)((t + 2) u N + 3u |x|) - u |x| >= (t + 1.9) u N + 1.9u |x|,
// which exceeds (2), where 2^-53 |v| is at most 2^-52 (|x| + (t + 2) u N).
//
// A base of float64, b, is rounded first: base = fl(b), and v = fl64(b + d). That adds u |base| to (2), and e gets
// another 2u |base|, of which the roundings above leave more than u |base|. It holds for |b| >= 2^-126 only, so that
// results below 2^-100 are settled by the definition; where b is smaller than that and x is not, 2^-150 is below u |x|.
//
// Underflow. If row i or column j is zero, a = d = 0 and x = v = base exactly, so lo <= x <= hi is
// enough. Otherwise norms are taken as at least 2^-40, so N >= 2^-80. Rounding U, the operations
// on a and those on e may lose another 2^-149 each, in all at most 2^-149 (3 r + sqrt(r) |D_j|),
// which is below u N / 100. Float32 sums do not underflow.
//
// Overflow. Norms are at most 2^60, so q n is finite; a base that is huge makes x leave the
// output's range, which is tested apart. NaN likewise.
#ifndef WEFT_BOUNDS_H
#define WEFT_BOUNDS_H

#include <stddef.h>

#define WEFT_UNIT 0x1p-24
#define WEFT_LEAST_NORM 0x1p-40
#define WEFT_GREATEST_NORM 0x1p60f
#define WEFT_GREATEST_RANK 16384

/// The terms that are added up before they go to the total.
#define WEFT_BLOCK 8

/// The blocks that are added up before they go to the total.
#define WEFT_GROUP 4

/// t + 2 of the proof.
static inline double weft_rounding_steps(size_t rank) {
  size_t blocks = (rank + WEFT_BLOCK - 1) / WEFT_BLOCK;
  size_t groups = (blocks + WEFT_GROUP - 1) / WEFT_GROUP;
  return 3 + WEFT_BLOCK + (double)(groups > 1 ? WEFT_GROUP + groups : blocks);
}

#endif
