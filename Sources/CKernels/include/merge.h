// The arithmetic of merging checkpoints, over float64. The functions check nothing: callers pass sizes that fit.
//
// Every table holds the same functions, compiled for another instruction set; the bits of the results are the same.
#ifndef WEFT_MERGE_H
#define WEFT_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A rectangle of a matrix, for functions to which an element's place in the whole matters.
typedef struct weft_rectangle {
  size_t first_row, rows;
  size_t first_column, columns;
  size_t stride;  // the columns of the whole matrix
} weft_rectangle;

/// A place in the order of all elements of a matrix by magnitude, largest first, and where magnitudes are equal by index.
typedef struct weft_place {
  uint64_t magnitude;  // the bits of the absolute value
  uint64_t index;      // row * columns + column
} weft_place;

/// How the elements of one row get their chances to be kept, from the least magnitude's to the largest's.
typedef struct weft_chances {
  double least, span;
  size_t group;  // elements of a row that are so many columns apart are ranked together
} weft_chances;

/// The places along one axis of a tensor that are given, and those that are computed.
typedef struct weft_span {
  size_t count;                 // the length of the whole axis
  size_t first, given;          // what is given
  size_t first_wanted, wanted;  // what is computed
} weft_span;

/// A part of a tensor as it lies in memory, `[outer][span][inner]`.
typedef struct weft_axis {
  size_t outer, inner;
  weft_span span;
} weft_axis;

/// The functions of one instruction set.
typedef struct weft_merge_kernels {
  /// The sum of a[i] * b[i]: eight sums of every eighth, then theirs.
  double (*dot)(const double *a, const double *b, size_t count);

  /// The sum of the magnitudes, in the same order.
  double (*sum_magnitudes)(const double *values, size_t count);

  /// Counts 16 bits of each magnitude, from bit `shift`, where all bits above are `prefix`.
  void (*count_digits)(
    const double *values, size_t count, int shift, uint64_t prefix, uint64_t *counts);

  /// Writes the places of the elements whose bits from `shift` up are `prefix`; returns how many.
  size_t (*find_places)(
    const double *values, weft_rectangle part, int shift, uint64_t prefix, weft_place *places);

  /// Adds to each row's count how many elements have exactly a magnitude.
  void (*count_equals)(
    const double *values, size_t rows, size_t columns, uint64_t magnitude, uint64_t *counts);

  /// Sets to zero what is before `first`, and what is not before `end`.
  void (*keep_between)(double *values, weft_rectangle part, weft_place first, weft_place end);

  /// Keeps each element with a chance and multiplies it by a factor; the others become zero.
  void (*thin)(double *values, weft_rectangle part, uint64_t seed, double chance, double factor);

  /// Keeps each element with its own chance, divided by it if `inverse`.
  void (*thin_each)(
    double *values, weft_rectangle part, uint64_t seed, const double *chances, bool inverse);

  /// Writes the chances of the elements of a row; `scratch` has room for 3 * columns numbers of 64 bits.
  void (*rank_row)(
    const double *row, size_t columns, weft_chances rule, double *chances, uint64_t *scratch);

  /// Writes the weighted sum of those of the deltas whose sign is that of the sum of all, divided by the sum of their
  /// weights if `normalizes`.
  void (*elect)(
    const double *const *deltas, const double *weights, size_t delta_count, bool normalizes,
    double *target, size_t count);

  /// Writes a + factor * |b - a| / (|b - c| + |b - a|) * (b - c).
  void (*train_difference)(
    const double *a, const double *b, const double *c, double factor, double *target,
    size_t count);

  /// Adds the sums over the rows of a * b, a * a and b * b to those of each column.
  void (*add_column_dots)(
    const double *a, const double *b, size_t rows, size_t columns, double *ab, double *aa,
    double *bb);

  /// Writes b * (1 - shares[column]) + a * shares[column].
  void (*blend_columns)(
    const double *a, const double *b, const double *shares, size_t rows, size_t columns,
    double *target);

  /// Writes the weighted sums of nine neighbours along an axis; beyond its ends it is mirrored.
  void (*smooth)(const double *values, weft_axis axis, const double *weights, double *target);

  /// Writes the medians of all neighbours, three along each dimension; beyond its ends a tensor is mirrored.
  ///
  /// `values` are `[rows.given, columns.given, depth, width]`, `target` is the same with what is wanted.
  void (*median)(
    const double *values, weft_span rows, weft_span columns, size_t depth, size_t width,
    double *target);
} weft_merge_kernels;

/// The fastest table that this processor runs.
const weft_merge_kernels *weft_merge_kernels_best(void);

/// The table that runs everywhere.
const weft_merge_kernels *weft_merge_kernels_plain(void);

#endif
