#include "include/COneDNN.h"

#ifdef WEFT_ONEDNN

#include "layer.h"

orders weft_onednn_orders(const weft_onednn_layer *layer, const weft_onednn_call *call) {
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

dnnl_status_t weft_onednn_describe(
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

#endif
