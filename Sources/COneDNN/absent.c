#include "include/COneDNN.h"

#ifndef WEFT_ONEDNN

// A program that was built without oneDNN: nothing but the first two functions is ever called.

enum { UNIMPLEMENTED = 3 };

bool weft_onednn_is_built(void) { return false; }

bool weft_onednn_load(weft_onednn_isa isa) {
  (void)isa;
  return false;
}

void weft_onednn_version(int version[3]) { version[0] = version[1] = version[2] = 0; }

void weft_onednn_perform(int workers, void (*body)(void *context, int worker), void *context) {
  for (int worker = 0; worker < workers; worker++) body(context, worker);
}

weft_onednn_layer *weft_onednn_layer_create(
  const weft_onednn_kernel *kernel, weft_onednn_type type, const float *weight, const float *bias, int threads) {
  (void)kernel, (void)type, (void)weight, (void)bias, (void)threads;
  return NULL;
}

weft_onednn_layer *weft_onednn_layer_create_int8(const weft_onednn_kernel *kernel, weft_onednn_type target,
  const int8_t *weight, const float *scales, const float *bias, int threads) {
  (void)kernel, (void)target, (void)weight, (void)scales, (void)bias, (void)threads;
  return NULL;
}

int weft_onednn_layer_fill(
  weft_onednn_layer *layer, weft_onednn_type type, const void *values, void *room, int threads) {
  (void)layer, (void)type, (void)values, (void)room, (void)threads;
  return UNIMPLEMENTED;
}

void weft_onednn_layer_empty(weft_onednn_layer *layer) { (void)layer; }

void weft_onednn_layer_destroy(weft_onednn_layer *layer) { (void)layer; }

size_t weft_onednn_layer_byte_count(const weft_onednn_layer *layer) {
  (void)layer;
  return 0;
}

int weft_onednn_layer_run(weft_onednn_layer *layer, const weft_onednn_call *call) {
  (void)layer, (void)call;
  return UNIMPLEMENTED;
}

int weft_onednn_multiply(const weft_onednn_product *product) {
  (void)product;
  return UNIMPLEMENTED;
}

#endif
