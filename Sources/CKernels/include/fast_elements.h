// Functions of elements, norms and layouts of the quick backend, over float32 and bfloat16.
//
// A picture has its channels last, so that its pixels are rows as tokens are. All arithmetic is in float32, sums of many
// numbers are joined in float64; results of bfloat16 are rounded to nearest even and NaN stays NaN. Functions of bfloat16
// are exact to an eighth of the last place before they are rounded. The functions check nothing: callers pass sizes that
// fit. Every table holds the same functions, compiled for another instruction set.
#ifndef WEFT_FAST_ELEMENTS_H
#define WEFT_FAST_ELEMENTS_H

#include "compute.h"
#include "fast.h"

/// Rows that lie one after the other: tokens, or pixels with the channels last.
typedef struct weft_rows {
  size_t rows, columns;
  weft_element element;
} weft_rows;

/// What comes after a layer, in this order; NULL for what does not.
typedef struct weft_rows_epilogue {
  const float *column_addend;  // [columns]
  weft_activation activation;
  const void *residual;  // as the rows
} weft_rows_epilogue;

/// What columns are normalised with: (x - mean) * factor + addend; [columns] each.
typedef struct weft_column_norm {
  const float *means, *factors, *addends;
} weft_column_norm;

/// The functions of one instruction set. Targets of the same type may be x.
typedef struct weft_fast_elements {
  /// Writes elements as another type.
  void (*convert)(
    const void *x, weft_element from, size_t count, weft_element to, void *target);

  /// Writes channels, of which each is `stride` elements after the other, as the pixels of rows.
  void (*interleave)(const float *planes, size_t stride, weft_rows rows, void *target);

  /// The inverse of `interleave`.
  void (*deinterleave)(const void *x, weft_rows rows, float *planes, size_t stride);

  /// Adds, activates and adds.
  void (*finish)(
    const void *x, weft_rows rows, const weft_rows_epilogue *epilogue, void *target);

  /// target[r, c] = x[r, c] * activation(x[r, columns + c]), for x [rows, 2 * columns].
  void (*gate)(const void *x, weft_rows rows, weft_activation activation, void *target);

  /// target[i] = x[i] + factor * y[i].
  void (*add)(
    const void *x, const void *y, float factor, size_t count, weft_element element, void *target);

  /// target[i] = factor * x[i].
  void (*scale)(const void *x, float factor, size_t count, weft_element element, void *target);

  /// exp(x - maximum) / sum for each row.
  void (*softmax)(const void *x, weft_rows rows, void *target);

  /// The sum and the sum of squares of each group of columns: [groups, 2]; `scratch` has room for 2 * columns.
  void (*group_sums)(
    const void *x, weft_rows rows, size_t groups, double *scratch, double *sums);

  /// Normalises columns, then activates.
  void (*normalize)(
    const void *x, weft_rows rows, const weft_column_norm *norm, weft_activation activation,
    void *target);

  /// (x - mean) / sqrt(variance + epsilon) * weight + bias for each row.
  void (*normalize_rows)(
    const void *x, weft_rows rows, const float *weight, const float *bias, float epsilon,
    void *target);

  /// Means of two by two pixels, those at the border of fewer: a picture of `height` lines with `width` pixels to half
  /// of it, rounded up.
  void (*average_pool)(
    const void *x, size_t height, size_t width, size_t channels, weft_element element,
    void *target);

  /// The largest magnitude; what is no number does not count.
  float (*largest)(const void *x, size_t count, weft_element element);

  /// x * factor rounded to nearest even within -128 ... 127; what is no number becomes 0.
  void (*quantize)(
    const void *x, float factor, size_t count, weft_element element, int8_t *target);
} weft_fast_elements;

/// The functions of an instruction set.
const weft_fast_elements *weft_fast_elements_of(weft_fast_isa isa);

/// The means and factors of a picture's channels, of the sums of its blocks: [blocks, groups, 2].
///
/// `count` is the number of a group's elements.
void weft_group_factors(
  const double *sums, size_t blocks, size_t groups, size_t channels, size_t count,
  const float *weight, float epsilon, float *means, float *factors);

/// Copies rows of so many bytes between places that are so many bytes apart.
void weft_copy_rows(
  const void *source, size_t source_stride, void *target, size_t target_stride, size_t rows,
  size_t byte_count);

/// A line of pixels of so many bytes, of which each is one of another line.
void weft_pick_pixels(
  const void *line, const size_t *places, size_t count, size_t byte_count, void *target);

/// Squares of pixels become channels: `lines` lines of the result, each [width / factor, channels * factor * factor], of
/// as many times `factor` lines [width, channels] of elements of so many bytes.
void weft_unshuffle_pixels(
  const void *x, size_t lines, size_t width, size_t channels, size_t factor,
  size_t element_byte_count, void *target);

#endif
