#include <string.h>

#include "../include/compute.h"

/// Writes the biases where the product is added to them, which costs no more than the zeros that BLAS would write.
static void write_biases(const weft_layer *layer, float *target) {
  const weft_gemm_call *product = &layer->product;
  for (size_t r = 0; r < product->m; r++) {
    float *row = target + r * product->c_stride;
    if (layer->row_bias) {
      for (size_t c = 0; c < product->n; c++) row[c] = layer->row_bias[r];
    } else {
      memcpy(row, layer->column_bias, product->n * sizeof *row);
    }
  }
}

void weft_layer_tile(const weft_compute *table, const weft_layer *layer) {
  weft_gemm_call product = layer->product;
  if (layer->row_bias || layer->column_bias) {
    write_biases(layer, product.c);
    product.beta = 1;
  }
  weft_lapack_gemm(&product);
  const weft_epilogue *after = &layer->after;
  if (!after->row_addend && !after->residual && after->activation == WEFT_NO_ACTIVATION) return;
  weft_tile tile = {.rows = product.m, .columns = product.n, .stride = product.c_stride};
  table->finish(product.c, tile, after);
}
