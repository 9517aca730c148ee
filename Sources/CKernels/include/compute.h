// The arithmetic of networks, over float32. The functions check nothing: callers pass sizes that fit.
//
// Every table holds the same functions, compiled for another instruction set; the bits of the results are the same.
// Sums of many numbers are made in sixteen lanes of float64, in an order that depends on their number alone.
#ifndef WEFT_COMPUTE_H
#define WEFT_COMPUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CLapack.h"
#include "codecs.h"

/// A function of one element.
typedef enum weft_activation {
  WEFT_NO_ACTIVATION,
  WEFT_SILU,
  WEFT_GELU,
  WEFT_GELU_TANH,
  WEFT_QUICK_GELU,
  WEFT_RELU,
  WEFT_TANH,
} weft_activation;

/// A rectangle of a row-major matrix in memory.
typedef struct weft_tile {
  size_t rows, columns;
  size_t stride;  // from one row to the next, in elements
} weft_tile;

/// What comes after a product, in this order; NULL for what does not.
typedef struct weft_epilogue {
  const float *row_addend;  // [rows]
  weft_activation activation;
  const float *residual;  // a rectangle with the stride of the tile
} weft_epilogue;

/// The functions of one instruction set.
typedef struct weft_compute {
  /// Adds, activates and adds in place.
  void (*finish)(float *values, weft_tile tile, const weft_epilogue *epilogue);

  /// target[r, c] = x[r, c] * activation(x[r, columns + c]), for x [rows, 2 * columns].
  void (*gate)(
    const float *x, size_t rows, size_t columns, weft_activation activation, float *target);

  /// target[i] = x[i] + factor * y[i]; the target may be x.
  void (*add)(const float *x, const float *y, float factor, size_t count, float *target);

  /// target[i] = factor * x[i]; the target may be x.
  void (*scale)(const float *x, float factor, size_t count, float *target);

  /// Replaces a row by exp(x - maximum) and returns the sum's inverse.
  float (*exponentials)(float *row, size_t count);

  /// Writes (x - mean) / sqrt(variance + epsilon) * weight[c] + bias[c], activated, for `channels` rows of `count` elements
  /// that are normalised together; the target may be x.
  void (*normalize_group)(
    const float *x, size_t channels, size_t count, const float *weight, const float *bias,
    float epsilon, weft_activation activation, float *target);

  /// Writes (x - mean) / sqrt(variance + epsilon) * weight + bias for each row; the target may be x.
  void (*normalize_rows)(
    const float *x, size_t rows, size_t columns, const float *weight, const float *bias,
    float epsilon, float *target);
} weft_compute;

/// The functions of an instruction set.
const weft_compute *weft_compute_of(weft_isa isa);

/// A tile of a layer: a product of float32, added to the bias of its rows or columns, and what comes after it.
typedef struct weft_layer {
  weft_gemm_call product;    // with an alpha of 1
  const float *row_bias;     // [m] or NULL
  const float *column_bias;  // [n] or NULL, without a bias of rows
  weft_epilogue after;
} weft_layer;

/// Computes a tile of a layer; weft_lapack_load has answered true.
void weft_layer_tile(const weft_compute *table, const weft_layer *layer);

/// A picture and how a kernel goes over it.
typedef struct weft_window {
  size_t channels, height, width;
  size_t kernel_height, kernel_width;
  size_t stride, top, left;  // what lies outside of the picture is zero
  size_t output_width;
} weft_window;

/// Writes what the kernel sees at the output's pixels first ..< first + count: [channels * kernel height * kernel width,
/// count].
void weft_windows(
  const float *picture, const weft_window *window, size_t first, size_t count, float *target);

/// A block of the queries of one head.
typedef struct weft_attention {
  const float *query, *key, *value;  // the head's channels of the first token of each
  float *target;                     // as the query
  size_t channels;                   // of the head
  size_t stride;                     // from one token to the next
  size_t first, rows;                // the queries
  size_t tokens;                     // of key and value
  float scale;
  bool is_causal;
} weft_attention;

/// Attention of a block of queries; `scratch` has room for rows * tokens + rows.
void weft_attend(const weft_compute *table, const weft_attention *attention, float *scratch);

/// The pixels that a pixel of a smaller or larger line is made of.
typedef struct weft_taps {
  const size_t *first;   // [size], the first pixel of each
  const float *weights;  // [size, count]; beyond the line's end they are zero
  size_t size, count;
} weft_taps;

/// Resizes a picture's plane [height, width]; `scratch` has room for a line of the new width by `height`.
void weft_resize(
  const float *plane, size_t height, size_t width, const weft_taps *vertical,
  const weft_taps *horizontal, float *scratch, float *target);

/// Means of squares of 2 by 2, those at the border of fewer: [height, width] to half of it, rounded up.
void weft_average_pool(const float *plane, size_t height, size_t width, float *target);

/// Squares of pixels of a plane become planes: [height, width] to [factor * factor, height / factor, width / factor].
void weft_unshuffle(
  const float *plane, size_t height, size_t width, size_t factor, float *target);

#endif
