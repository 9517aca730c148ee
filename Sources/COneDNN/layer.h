// A layer with its weights, and how oneDNN is told of one of its uses.
#ifndef WEFT_ONEDNN_LAYER_H
#define WEFT_ONEDNN_LAYER_H

#include "library.h"

/// A layer's operation for one size of what goes in.
typedef struct operation operation;

struct weft_onednn_layer {
  weft_onednn_kernel kernel;
  weft_onednn_type type, target;
  dnnl_memory_desc_t order;  // of the weights
  dnnl_memory_t weights;
  float *bias;
  float *scales;  // of the outputs of integers; otherwise NULL
  operation *operations;  // the latest first
};

/// The orders of all that a layer's operation reads and writes.
typedef struct orders {
  dnnl_memory_desc_t source, weights, bias, target;
} orders;

static inline bool is_linear(const weft_onednn_kernel *kernel) { return kernel->height == 0; }

/// The orders that a layer's use has; that of the weights is left to oneDNN.
orders weft_onednn_orders(const weft_onednn_layer *layer, const weft_onednn_call *call);

/// The description of an operation, which chooses the weights' order.
dnnl_status_t weft_onednn_describe(
  const weft_onednn_layer *layer, const weft_onednn_call *call, orders *o, dnnl_primitive_desc_t *result);

#endif
