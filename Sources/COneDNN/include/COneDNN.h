// Convolutions and products of oneDNN: layers that keep their weights in the order that it computes in.
//
// The library is loaded at run time, so that a program starts as quickly without networks. Functions check nothing: callers
// pass sizes that fit. Source: https://oneapi-src.github.io/oneDNN/v2.6/
#ifndef WEFT_ONEDNN_H
#define WEFT_ONEDNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How values are stored.
typedef enum weft_onednn_type { WEFT_ONEDNN_F32, WEFT_ONEDNN_BF16, WEFT_ONEDNN_S8 } weft_onednn_type;

/// The most that it may use of the processor.
typedef enum weft_onednn_isa {
  WEFT_ONEDNN_SSE41,
  WEFT_ONEDNN_AVX2,
  WEFT_ONEDNN_AVX512,
  WEFT_ONEDNN_ALL
} weft_onednn_isa;

/// What became of a call; other numbers are oneDNN's own.
enum { WEFT_ONEDNN_DONE = 0 };

/// Whether the program was built with it.
bool weft_onednn_is_built(void);

/// Loads the library on first use, which decides the instructions for the whole process; false when it is not there.
bool weft_onednn_load(weft_onednn_isa isa);

/// The version, such as 2.6.3; it is loaded.
void weft_onednn_version(int version[3]);

/// Calls body(context, worker) with each worker below `workers` on the threads that oneDNN computes with.
void weft_onednn_perform(int workers, void (*body)(void *context, int worker), void *context);

/// What stands after a product, in this order.
typedef enum weft_onednn_activation {
  WEFT_ONEDNN_NO_ACTIVATION,
  WEFT_ONEDNN_SILU,
  WEFT_ONEDNN_GELU,
  WEFT_ONEDNN_GELU_TANH,
  WEFT_ONEDNN_QUICK_GELU,
  WEFT_ONEDNN_RELU,
  WEFT_ONEDNN_TANH,
} weft_onednn_activation;

/// The sizes of a layer's weight [outputs, inputs, height, width]; a linear layer has height and width 0.
typedef struct weft_onednn_kernel {
  int64_t outputs, inputs, height, width;
} weft_onednn_kernel;

/// A layer with its weights.
typedef struct weft_onednn_layer weft_onednn_layer;

/// Makes a layer of values that are float32, row after row; no bias is zeros. NULL when memory is short.
///
/// Without a weight the layer is empty: it is filled before it is run.
weft_onednn_layer *weft_onednn_layer_create(
  const weft_onednn_kernel *kernel, weft_onednn_type type, const float *weight, const float *bias, int threads);

/// Makes a layer of integers: an output is the sum of products of integers times its scale, and its bias.
///
/// Sources are integers, too; targets hold values of the given type. NULL when memory is short.
weft_onednn_layer *weft_onednn_layer_create_int8(const weft_onednn_kernel *kernel, weft_onednn_type target,
  const int8_t *weight, const float *scales, const float *bias, int threads);

/// Fills an empty layer with values of float32 or the layer's type, row after row.
///
/// Their copy in the layer's order is in `room`, of at least weft_onednn_layer_byte_count bytes, which the caller keeps as it is
/// until the layer has run.
int weft_onednn_layer_fill(
  weft_onednn_layer *layer, weft_onednn_type type, const void *values, void *room, int threads);

/// Takes the weights from a layer.
void weft_onednn_layer_empty(weft_onednn_layer *layer);

/// Ends a layer.
void weft_onednn_layer_destroy(weft_onednn_layer *layer);

/// The memory of a layer's weights and biases, in bytes; of an empty one, what it takes to fill it now.
size_t weft_onednn_layer_byte_count(const weft_onednn_layer *layer);

/// One use of a layer.
typedef struct weft_onednn_call {
  /// Pictures of height · width pixels, channels last; rows of a linear layer are pictures without pixels.
  int64_t pictures, height, width;
  int64_t stride, top, left, bottom, right;
  const void *source;
  /// Replaces the layer's own bias when it is not NULL; that of integers is divided by the output's scale.
  const float *bias;
  void *target;
  weft_onednn_activation activation;
  /// Whether the result is added to what the target holds.
  bool accumulates;
  /// Whether the target holds float32, whatever the layer's type.
  bool is_wide;
  int threads;
} weft_onednn_call;

/// Computes a layer; its source and target hold values of the layer's type, the target of one of integers those that it was
/// made for. One call at a time.
int weft_onednn_layer_run(weft_onednn_layer *layer, const weft_onednn_call *call);

/// A product of row-major matrices: [batch, m, k] and [batch, k, n], or [batch, n, k] to be transposed.
typedef struct weft_onednn_product {
  int64_t batch, m, n, k;
  bool transposes_b;
  weft_onednn_type type;
  const void *a, *b;
  void *c;
  int threads;
} weft_onednn_product;

/// Computes a product.
int weft_onednn_multiply(const weft_onednn_product *product);

#endif
