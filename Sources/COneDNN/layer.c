#include "include/COneDNN.h"

#ifdef WEFT_ONEDNN

#include <stdlib.h>
#include <string.h>

#include "layer.h"

/// A layer's operation for one size of what goes in.
struct operation {
  weft_onednn_call shape;  // what the operation was made for; its pointers mean nothing
  dnnl_primitive_t primitive;
  dnnl_memory_t source, bias, target;
  struct operation *next;
};

/// Sizes of one layer that are kept; a network has one or two, tiles of pictures some more.
enum { OPERATIONS_KEPT = 8 };

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
  orders orders = weft_onednn_orders(layer, shape);
  dnnl_primitive_desc_t description = NULL;
  dnnl_status_t status = weft_onednn_describe(layer, shape, &orders, &description);
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
  orders orders = weft_onednn_orders(layer, &call);
  dnnl_primitive_desc_t description = NULL;
  dnnl_status_t status = weft_onednn_describe(layer, &call, &orders, &description);
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
