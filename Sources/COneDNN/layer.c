#include "include/COneDNN.h"

#ifdef WEFT_ONEDNN

#include <stdlib.h>
#include <string.h>

#include "library.h"

/// A layer's operation for one size of what goes in.
typedef struct operation {
  weft_onednn_call shape;  // what the operation was made for; its pointers mean nothing
  dnnl_primitive_t primitive;
  dnnl_memory_t source, bias, target;
  struct operation *next;
} operation;

struct weft_onednn_layer {
  weft_onednn_kernel kernel;
  weft_onednn_type type, target;
  dnnl_memory_desc_t order;  // of the weights
  dnnl_memory_t weights;
  float *bias;
  float *scales;  // of the outputs of integers; otherwise NULL
  operation *operations;  // the latest first
};

/// Sizes of one layer that are kept; a network has one or two, tiles of pictures some more.
enum { OPERATIONS_KEPT = 8 };

static bool is_linear(const weft_onednn_kernel *kernel) { return kernel->height == 0; }

// Descriptions

/// The orders of all that a layer's operation reads and writes.
typedef struct orders {
  dnnl_memory_desc_t source, weights, bias, target;
} orders;

static orders orders_of(const weft_onednn_layer *layer, const weft_onednn_call *call) {
  const weft_onednn_kernel *k = &layer->kernel;
  dnnl_data_type_t type = weft_dnnl_type(layer->type);
  dnnl_data_type_t result = weft_dnnl_type(call->is_wide ? WEFT_ONEDNN_F32 : layer->target);
  orders o;
  if (is_linear(k)) {
    const dnnl_dims_t source = {call->pictures, k->inputs}, target = {call->pictures, k->outputs};
    const dnnl_dims_t weights = {k->inputs, k->outputs}, bias = {1, k->outputs};
    weft_dnnl.memory_desc_init_by_tag(&o.source, 2, source, type, dnnl_ab);
    weft_dnnl.memory_desc_init_by_tag(&o.weights, 2, weights, type, dnnl_format_tag_any);
    weft_dnnl.memory_desc_init_by_tag(&o.bias, 2, bias, dnnl_f32, dnnl_ab);
    weft_dnnl.memory_desc_init_by_tag(&o.target, 2, target, result, dnnl_ab);
    return o;
  }
  int64_t height = (call->height + call->top + call->bottom - k->height) / call->stride + 1;
  int64_t width = (call->width + call->left + call->right - k->width) / call->stride + 1;
  const dnnl_dims_t source = {call->pictures, k->inputs, call->height, call->width};
  const dnnl_dims_t weights = {k->outputs, k->inputs, k->height, k->width}, bias = {k->outputs};
  const dnnl_dims_t target = {call->pictures, k->outputs, height, width};
  weft_dnnl.memory_desc_init_by_tag(&o.source, 4, source, type, dnnl_nhwc);
  weft_dnnl.memory_desc_init_by_tag(&o.weights, 4, weights, type, dnnl_format_tag_any);
  weft_dnnl.memory_desc_init_by_tag(&o.bias, 1, bias, dnnl_f32, dnnl_x);
  weft_dnnl.memory_desc_init_by_tag(&o.target, 4, target, result, dnnl_nhwc);
  return o;
}

/// What comes after the product.
static dnnl_status_t append(dnnl_post_ops_t after, const weft_onednn_call *call) {
  static const struct { dnnl_alg_kind_t kind; float alpha; } functions[] = {
    [WEFT_ONEDNN_SILU] = {dnnl_eltwise_swish, 1},
    [WEFT_ONEDNN_GELU] = {dnnl_eltwise_gelu_erf, 0},
    [WEFT_ONEDNN_GELU_TANH] = {dnnl_eltwise_gelu_tanh, 0},
    [WEFT_ONEDNN_QUICK_GELU] = {dnnl_eltwise_swish, 1.702F},
    [WEFT_ONEDNN_RELU] = {dnnl_eltwise_relu, 0},
    [WEFT_ONEDNN_TANH] = {dnnl_eltwise_tanh, 0},
  };
  dnnl_status_t status = dnnl_success;
  if (call->activation != WEFT_ONEDNN_NO_ACTIVATION) {
    status = weft_dnnl.post_ops_append_eltwise(
      after, 1, functions[call->activation].kind, functions[call->activation].alpha, 0);
  }
  if (status == dnnl_success && call->accumulates) status = weft_dnnl.post_ops_append_sum(after, 1);
  return status;
}

static dnnl_status_t describe_with(const weft_onednn_layer *layer, const weft_onednn_call *call, orders *o,
  const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *result) {
  if (is_linear(&layer->kernel)) {
    dnnl_matmul_desc_t matmul;
    dnnl_status_t status = weft_dnnl.matmul_desc_init(&matmul, &o->source, &o->weights, &o->bias, &o->target);
    if (status != dnnl_success) return status;
    return weft_dnnl.primitive_desc_create(result, &matmul, attributes, weft_dnnl.engine, NULL);
  }
  dnnl_convolution_desc_t convolution;
  const dnnl_dims_t strides = {call->stride, call->stride};
  const dnnl_dims_t before = {call->top, call->left}, behind = {call->bottom, call->right};
  dnnl_status_t status = weft_dnnl.convolution_forward_desc_init(&convolution, dnnl_forward_inference,
    dnnl_convolution_direct, &o->source, &o->weights, &o->bias, &o->target, strides, before, behind);
  if (status != dnnl_success) return status;
  return weft_dnnl.primitive_desc_create(result, &convolution, attributes, weft_dnnl.engine, NULL);
}

/// The description of an operation, which chooses the weights' order.
static dnnl_status_t describe(
  const weft_onednn_layer *layer, const weft_onednn_call *call, orders *o, dnnl_primitive_desc_t *result) {
  dnnl_post_ops_t after = NULL;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_status_t status = weft_dnnl.post_ops_create(&after);
  if (status == dnnl_success) status = append(after, call);
  if (status == dnnl_success) status = weft_dnnl.primitive_attr_create(&attributes);
  if (status == dnnl_success) status = weft_dnnl.primitive_attr_set_post_ops(attributes, after);
  if (status == dnnl_success && layer->scales) {
    enum { EACH_OUTPUT = 1 << 1 };
    status = weft_dnnl.primitive_attr_set_output_scales(
      attributes, layer->kernel.outputs, EACH_OUTPUT, layer->scales);
  }
  if (status == dnnl_success) status = describe_with(layer, call, o, attributes, result);
  if (attributes) weft_dnnl.primitive_attr_destroy(attributes);
  if (after) weft_dnnl.post_ops_destroy(after);
  if (status == dnnl_success) o->weights = *weft_dnnl.primitive_desc_query_md(*result, dnnl_query_weights_md, 0);
  return status;
}

// Operations

static void end(operation *o) {
  if (o->primitive) weft_dnnl.primitive_destroy(o->primitive);
  if (o->source) weft_dnnl.memory_destroy(o->source);
  if (o->bias) weft_dnnl.memory_destroy(o->bias);
  if (o->target) weft_dnnl.memory_destroy(o->target);
  free(o);
}

/// Ends all operations but the first `kept`.
static void trim(weft_onednn_layer *layer, int kept) {
  operation **place = &layer->operations;
  for (int i = 0; *place && i < kept; i++) place = &(*place)->next;
  while (*place) {
    operation *next = (*place)->next;
    end(*place);
    *place = next;
  }
}

static void plain_order(const weft_onednn_kernel *k, weft_onednn_type values, dnnl_memory_desc_t *order);

/// A copy of the weights in another order, by way of the plain one: oneDNN adds sums to integers there alone.
static dnnl_status_t copied(const weft_onednn_layer *layer, const dnnl_memory_desc_t *order, dnnl_memory_t *copy) {
  dnnl_memory_desc_t plain;
  plain_order(&layer->kernel, layer->type, &plain);
  dnnl_memory_t between = NULL;
  dnnl_status_t status = weft_dnnl.memory_create(&between, &plain, weft_dnnl.engine, DNNL_MEMORY_ALLOCATE);
  if (status == dnnl_success) status = weft_dnnl_move(layer->weights, &layer->order, between, &plain);
  if (status == dnnl_success) status = weft_dnnl.memory_create(copy, order, weft_dnnl.engine, DNNL_MEMORY_ALLOCATE);
  if (status == dnnl_success) status = weft_dnnl_move(between, &plain, *copy, order);
  if (between) weft_dnnl.memory_destroy(between);
  return status;
}

/// Replaces the weights by a copy in another order.
static dnnl_status_t reorder(weft_onednn_layer *layer, const dnnl_memory_desc_t *order) {
  dnnl_memory_t copy = NULL;
  dnnl_status_t status = copied(layer, order, &copy);
  if (status != dnnl_success) {
    if (copy) weft_dnnl.memory_destroy(copy);
    return status;
  }
  trim(layer, 0);  // they were made for the other order
  weft_dnnl.memory_destroy(layer->weights);
  layer->weights = copy;
  layer->order = *order;
  return dnnl_success;
}

static dnnl_status_t make(weft_onednn_layer *layer, const weft_onednn_call *shape, operation *o) {
  orders orders = orders_of(layer, shape);
  dnnl_primitive_desc_t description = NULL;
  dnnl_status_t status = describe(layer, shape, &orders, &description);
  if (status == dnnl_success && !weft_dnnl.memory_desc_equal(&orders.weights, &layer->order)) {
    status = reorder(layer, &orders.weights);
  }
  if (status == dnnl_success) status = weft_dnnl.primitive_create(&o->primitive, description);
  if (description) weft_dnnl.primitive_desc_destroy(description);
  dnnl_engine_t engine = weft_dnnl.engine;
  if (status == dnnl_success) status = weft_dnnl.memory_create(&o->source, &orders.source, engine, DNNL_MEMORY_NONE);
  if (status == dnnl_success) status = weft_dnnl.memory_create(&o->bias, &orders.bias, engine, DNNL_MEMORY_NONE);
  if (status == dnnl_success) status = weft_dnnl.memory_create(&o->target, &orders.target, engine, DNNL_MEMORY_NONE);
  return status;
}

static bool is_same(const weft_onednn_call *a, const weft_onednn_call *b) {
  return a->pictures == b->pictures && a->height == b->height && a->width == b->width && a->stride == b->stride
    && a->top == b->top && a->left == b->left && a->bottom == b->bottom && a->right == b->right
    && a->activation == b->activation && a->accumulates == b->accumulates && a->is_wide == b->is_wide && a->threads == b->threads;
}

/// The operation for a call, made when it is not there, in the first place of the list.
static dnnl_status_t find(weft_onednn_layer *layer, const weft_onednn_call *call, operation **result) {
  for (operation **place = &layer->operations; *place; place = &(*place)->next) {
    if (!is_same(&(*place)->shape, call)) continue;
    *result = *place;
    *place = (*place)->next;
    (*result)->next = layer->operations;
    layer->operations = *result;
    return dnnl_success;
  }
  operation *o = calloc(1, sizeof *o);
  if (!o) return dnnl_out_of_memory;
  o->shape = *call;
  dnnl_status_t status = make(layer, call, o);
  if (status != dnnl_success) {
    end(o);
    return status;
  }
  o->next = layer->operations;
  layer->operations = *result = o;
  trim(layer, OPERATIONS_KEPT);
  return dnnl_success;
}

int weft_onednn_layer_run(weft_onednn_layer *layer, const weft_onednn_call *call) {
  weft_dnnl.set_thread_count(call->threads);
  operation *o = NULL;
  dnnl_status_t status = find(layer, call, &o);
  if (status != dnnl_success) return status;
  // oneDNN writes to the target alone.
  weft_dnnl.memory_set_data_handle(o->source, (void *)call->source);
  weft_dnnl.memory_set_data_handle(o->bias, (void *)(call->bias ? call->bias : layer->bias));
  weft_dnnl.memory_set_data_handle(o->target, call->target);
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, o->source}, {DNNL_ARG_WEIGHTS, layer->weights},
    {DNNL_ARG_BIAS, o->bias}, {DNNL_ARG_DST, o->target}};
  return weft_dnnl_execute(o->primitive, 4, arguments);
}

// Weights

/// A size that stands for all: the order of the weights is the same for nearly every other.
static weft_onednn_call typical(const weft_onednn_kernel *kernel, int threads) {
  weft_onednn_call call = {.pictures = 2, .height = 64, .width = 64, .stride = 1, .threads = threads};
  if (is_linear(kernel)) {
    call = (weft_onednn_call){.pictures = 1024, .threads = threads};
  } else {
    call.top = call.bottom = kernel->height / 2;
    call.left = call.right = kernel->width / 2;
  }
  return call;
}

/// The order in which values come: [outputs, inputs, ...].
static void plain_order(const weft_onednn_kernel *k, weft_onednn_type values, dnnl_memory_desc_t *order) {
  dnnl_data_type_t type = weft_dnnl_type(values);
  const dnnl_dims_t matrix = {k->inputs, k->outputs};  // oneDNN has the inputs first
  const dnnl_dims_t kernel = {k->outputs, k->inputs, k->height, k->width};
  if (is_linear(k)) {
    weft_dnnl.memory_desc_init_by_tag(order, 2, matrix, type, dnnl_ba);
  } else {
    weft_dnnl.memory_desc_init_by_tag(order, 4, kernel, type, dnnl_oihw);
  }
}

/// Chooses the order of the weights.
static dnnl_status_t choose(weft_onednn_layer *layer, int threads) {
  weft_onednn_call call = typical(&layer->kernel, threads);
  orders orders = orders_of(layer, &call);
  dnnl_primitive_desc_t description = NULL;
  dnnl_status_t status = describe(layer, &call, &orders, &description);
  if (description) weft_dnnl.primitive_desc_destroy(description);
  if (status == dnnl_success) layer->order = orders.weights;
  return status;
}

/// Puts values into the layer's order, in memory that is given or allocated.
static dnnl_status_t pack(weft_onednn_layer *layer, weft_onednn_type type, const void *values, void *room) {
  dnnl_memory_desc_t plain;
  plain_order(&layer->kernel, type, &plain);
  dnnl_memory_t source = NULL;
  dnnl_status_t status = weft_dnnl.memory_create(&layer->weights, &layer->order, weft_dnnl.engine, room);
  if (status == dnnl_success) status = weft_dnnl.memory_create(&source, &plain, weft_dnnl.engine, (void *)values);
  if (status == dnnl_success) status = weft_dnnl_move(source, &plain, layer->weights, &layer->order);
  if (source) weft_dnnl.memory_destroy(source);
  return status;
}

/// Numbers of their own, or zeros.
static float *kept(const float *values, int64_t count) {
  float *copy = calloc((size_t)count, sizeof *copy);
  if (copy && values) memcpy(copy, values, (size_t)count * sizeof *copy);
  return copy;
}

/// A layer without weights, which are in the order that is chosen here.
static weft_onednn_layer *create(const weft_onednn_kernel *kernel, weft_onednn_type type, weft_onednn_type target,
  const float *scales, const float *bias, int threads) {
  weft_dnnl.set_thread_count(threads);
  weft_onednn_layer *layer = calloc(1, sizeof *layer);
  if (!layer) return NULL;
  layer->kernel = *kernel;
  layer->type = type;
  layer->target = target;
  layer->bias = kept(bias, kernel->outputs);
  layer->scales = scales ? kept(scales, kernel->outputs) : NULL;
  bool has_memory = layer->bias && (layer->scales || !scales);
  if (has_memory && choose(layer, threads) == dnnl_success) return layer;
  weft_onednn_layer_destroy(layer);
  return NULL;
}

/// The layer with its weights, or NULL.
static weft_onednn_layer *filled(weft_onednn_layer *layer, weft_onednn_type type, const void *weight) {
  if (!layer || !weight || pack(layer, type, weight, DNNL_MEMORY_ALLOCATE) == dnnl_success) return layer;
  weft_onednn_layer_destroy(layer);
  return NULL;
}

weft_onednn_layer *weft_onednn_layer_create(
  const weft_onednn_kernel *kernel, weft_onednn_type type, const float *weight, const float *bias, int threads) {
  return filled(create(kernel, type, type, NULL, bias, threads), WEFT_ONEDNN_F32, weight);
}

weft_onednn_layer *weft_onednn_layer_create_int8(const weft_onednn_kernel *kernel, weft_onednn_type target,
  const int8_t *weight, const float *scales, const float *bias, int threads) {
  return filled(create(kernel, WEFT_ONEDNN_S8, target, scales, bias, threads), WEFT_ONEDNN_S8, weight);
}

int weft_onednn_layer_fill(
  weft_onednn_layer *layer, weft_onednn_type type, const void *values, void *room, int threads) {
  weft_dnnl.set_thread_count(threads);
  weft_onednn_layer_empty(layer);
  return pack(layer, type, values, room);
}

void weft_onednn_layer_empty(weft_onednn_layer *layer) {
  if (layer->weights) weft_dnnl.memory_destroy(layer->weights);
  layer->weights = NULL;
}

void weft_onednn_layer_destroy(weft_onednn_layer *layer) {
  trim(layer, 0);
  weft_onednn_layer_empty(layer);
  free(layer->bias);
  free(layer->scales);
  free(layer);
}

size_t weft_onednn_layer_byte_count(const weft_onednn_layer *layer) {
  return weft_dnnl.memory_desc_get_size(&layer->order) + (size_t)layer->kernel.outputs * sizeof *layer->bias;
}

#endif
