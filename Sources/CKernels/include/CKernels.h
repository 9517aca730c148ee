// The arithmetic of weft, in C. The functions check nothing: callers pass sizes that fit.
//
// Every table holds the same functions. The scalar ones define the result, bit for bit; the others
// are faster.
#ifndef WEFT_KERNELS_H
#define WEFT_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CLapack.h"
#include "codecs.h"
#include "compute.h"
#include "energy.h"
#include "merge.h"
#include "squared_error.h"

/// The float types that take part in arithmetic.
typedef enum weft_float { WEFT_F16, WEFT_BF16, WEFT_F32, WEFT_F64 } weft_float;

/// What happened to values that did not fit the output's type.
typedef struct weft_tally {
  uint64_t nonfinite_inputs;  // NaN or infinite before
  uint64_t overflowed;        // finite before, not finite after
  uint64_t underflowed;       // not zero before, zero after
} weft_tally;

/// The columns of a packed panel of the down factor.
#define WEFT_PANEL 16

/// A sum of low-rank products, up [rows, rank] times down [rank, columns], packed for the kernels.
///
/// The ranks of all terms stand side by side; each term's own product is multiplied by its scale.
typedef struct weft_low_rank {
  size_t rows, columns, rank;
  size_t term_count;
  const size_t *term_ends;    // [term_count], ascending; the last is the rank
  const double *scales;       // [term_count]
  const double *up;           // [rows, rank], without the scales
  const float *up32;          // [rows, rank], with the scales, rounded; NULL unless fast
  const float *row_bound;     // [rows], see bounds.h; NULL unless fast
  const float *column_bound;  // [panels * WEFT_PANEL]; NULL unless fast
  const float *down32;        // [panels][rank][WEFT_PANEL], zeros behind the last column; or NULL
  const double *down64;       // the same when float32 does not hold the factor exactly; or NULL
} weft_low_rank;

/// A part of a weight: the elements lie row after row without gaps.
typedef struct weft_region {
  size_t row, row_count, column, column_count;
} weft_region;

/// One addend of a linear combination.
typedef struct weft_addend {
  const void *values;
  weft_float type;
  double coefficient;
} weft_addend;

/// How two tensors differ.
typedef struct weft_comparison {
  uint64_t count;
  uint64_t different;             // a != b, where NaN equals NaN
  uint64_t beyond_one_unit;       // more than one unit in the last place apart, if the types agree
  uint64_t nonfinite_mismatches;  // one of the two is not finite, and they are not equal
  uint64_t flushed;               // a is not 0 and b is, of finite pairs
  uint64_t max_index;             // the first place of max_difference
  double max_difference;          // of finite pairs, as everything below
  double sum_squared_difference;
  double sum_squared_a;
  double sum_squared_b;
  double dot;
} weft_comparison;

/// The functions of one instruction set.
typedef struct weft_kernels {
  const char *name;

  /// Rounds each value once, to nearest, ties to even; equal types are copied as bits.
  void (*convert)(
    const void *source, weft_float from, void *target, weft_float to, size_t count,
    weft_tally *tally);

  /// Counts NaN and infinite values.
  uint64_t (*count_nonfinite)(const void *values, weft_float type, size_t count);

  /// Writes round(base + up * down) for a region; returns how many elements were computed twice.
  uint64_t (*fuse)(
    const weft_low_rank *operand, weft_region region, const void *base, weft_float from,
    void *target, weft_float to, weft_tally *tally);

  /// Writes round(c0 * v0 + c1 * v1 + ...), summed in this order.
  void (*combine)(
    const weft_addend *addends, size_t addend_count, void *target, weft_float to, size_t count,
    weft_tally *tally);

  /// Compares element by element; `result` is overwritten.
  void (*compare)(
    const void *a, weft_float a_type, const void *b, weft_float b_type, size_t count,
    weft_comparison *result);

  /// target [rows, columns] = a [rows, inner] * b [inner, columns], row-major; each element is the sum over `inner`,
  /// ascending, of fused multiply-adds.
  void (*product)(
    const double *a, const double *b, double *target, size_t rows, size_t inner, size_t columns);
} weft_kernels;

/// Where the elements of a row-major matrix lie in a grid of cells.
typedef struct weft_grid {
  size_t columns;       // of the matrix
  size_t cell_rows;     // rows of the matrix in a cell
  size_t cell_columns;  // columns of the matrix in a cell
} weft_grid;

/// Adds (a - b)^2 of the elements `first ..< first + count` of a matrix to the sums of their cells, row-major.
///
/// `sums` starts with the row of cells that holds `first`. Pairs of which one is not finite are left out.
void weft_add_squared_errors(
  const float *a, const float *b, size_t first, size_t count, weft_grid grid, double *sums);

/// The fastest table that this processor runs.
const weft_kernels *weft_kernels_best(void);

/// The table that defines the results.
const weft_kernels *weft_kernels_scalar(void);

/// The factors of one adapter as float64, with strides in elements.
typedef struct weft_factor {
  const double *values;
  size_t outer_stride;  // from one row of up, or one column of down, to the next
  size_t rank_stride;   // from one rank to the next
} weft_factor;

/// Writes a factor into columns `first_rank ..< first_rank + rank` of up [rows, total_rank].
void weft_pack_up(
  weft_factor factor, size_t rows, size_t rank, double *up, size_t total_rank,
  size_t first_rank);

/// Writes a factor into panels [panels][total_rank][WEFT_PANEL] that are zero before.
void weft_pack_down(
  weft_factor factor, size_t columns, size_t rank, double *panels, size_t total_rank,
  size_t first_rank);

/// Whether each value, NaN aside, is a float32; if so, they are written to `narrow`.
bool weft_narrow_exactly(const double *values, size_t count, float *narrow);

/// Fills in up32, row_bound [rows] and column_bound; false when the fast path cannot be used.
bool weft_prepare_bounds(
  const weft_low_rank *operand, float *up32, float *row_bound, float *column_bound);

/// target[i] = scale * (a[i] * b[i]); `target` may be one of them.
void weft_multiply(
  const double *a, const double *b, double scale, double *target, size_t count);

/// Multiplies each row of [rows, columns] by its factor.
void weft_scale_rows(double *values, size_t rows, size_t columns, const double *factors);

/// Multiplies column c of [rows, columns] by factors[(first_column + c) / group].
void weft_scale_columns(
  double *values, size_t rows, size_t columns, size_t first_column, size_t group,
  const double *factors);

/// Adds the squares of each row of [rows, columns] to its sum.
void weft_add_row_squares(const double *values, size_t rows, size_t columns, double *sums);

/// Adds the square of each element of column c to sums[(first_column + c) / group].
void weft_add_column_squares(
  const double *values, size_t rows, size_t columns, size_t first_column, size_t group,
  double *sums);

/// A rectangle of the Kronecker product of left [.., left_columns] and right [right_rows, right_columns].
typedef struct weft_kronecker_part {
  const double *left, *right;
  size_t left_columns, right_rows, right_columns;
  size_t first_row, last_row, first_column, last_column;
} weft_kronecker_part;

/// Writes the rectangle row after row: element [i * right_rows + x, j * right_columns + y] is left[i, j] * right[x, y].
void weft_kronecker(const weft_kronecker_part *part, double *target);

/// A stage of a butterfly on rows of float64: `groups` times, a block [size, size] multiplies size / 2 neighbouring rows and
/// those `distance` rows below. `blocks` are in the order of the groups, for rows that lie half by half.
typedef struct weft_butterfly_stage {
  const double *blocks;
  double *values;
  size_t groups, size, distance, columns;
} weft_butterfly_stage;

/// Does a stage in place by a table's products; `scratch` has room for 2 * size * columns.
void weft_butterfly(const weft_kernels *table, const weft_butterfly_stage *stage, double *scratch);

/// Copies a rectangle whose rows lie a stride apart to one whose rows lie another stride apart.
void weft_copy_rectangle(
  const double *source, size_t source_stride, double *target, size_t target_stride, size_t rows,
  size_t columns);

/// Writes block - transpose of block, [size, size].
void weft_skew(const double *block, size_t size, double *target);

/// Adds a value to the diagonal of [size, size].
void weft_add_diagonal(double *matrix, size_t size, double value);

/// Writes the inverse of [size, size] by elimination with pivots, which overwrites the matrix; false when it is singular.
bool weft_invert(double *matrix, size_t size, double *inverse);

/// Writes the transpose [columns, rows] of a matrix [rows, columns] of 1, 2, 4 or 8 byte elements.
void weft_transpose(
  const void *source, size_t rows, size_t columns, size_t element_width, void *target);

/// The distributions of the deterministic test weights.
typedef enum weft_hash_kind {
  WEFT_HASH_MATRIX, WEFT_HASH_NORM, WEFT_HASH_BIAS, WEFT_HASH_EMBEDDING
} weft_hash_kind;

/// Writes values first ..< first + count of a hashed tensor as float32.
void weft_hash_weights(
  uint64_t seed, weft_hash_kind kind, uint64_t fan_in, uint64_t first, size_t count, float *target);

/// A SHA-256 in progress.
typedef struct weft_sha256 {
  uint32_t words[8];
  uint64_t byte_count;  // of all that was added
  uint8_t tail[64];     // the block that is not full yet
} weft_sha256;

/// Starts an empty hash.
void weft_sha256_start(weft_sha256 *hash);

/// Adds bytes to two different hashes at once; `defining` asks for the functions that define the result.
void weft_sha256_update(
  weft_sha256 *one, const void *data, size_t count, weft_sha256 *other, const void *other_data,
  size_t other_count, bool defining);

/// Ends a hash.
void weft_sha256_finish(weft_sha256 *hash, uint8_t digest[32]);

/// The matrix product of OpenBLAS in float64, row-major: c = alpha * op(a) * op(b) + beta * c.
typedef struct weft_dgemm_call {
  bool transpose_a, transpose_b;
  size_t m, n, k;
  double alpha;
  const double *a;
  size_t a_stride;
  const double *b;
  size_t b_stride;
  double beta;
  double *c;
  size_t c_stride;
} weft_dgemm_call;

/// Lets the allocator keep freed blocks of some megabytes instead of giving them back to the system.
void weft_keep_freed_memory(void);

/// Lets the allocator give freed blocks of 64 KiB and more back to the system at once.
void weft_return_freed_memory(void);

/// Loads OpenBLAS on first use, with one thread; false when it is not there.
bool weft_openblas_load(void);

/// Runs a product; weft_openblas_load has answered true.
void weft_openblas_dgemm(const weft_dgemm_call *call);

#include "fast.h"
#include "fast_attention.h"
#include "fast_elements.h"
#include "scaled.h"  // needs the types above

#endif
