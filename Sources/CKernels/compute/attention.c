// Source: https://arxiv.org/abs/1706.03762 (section 3.2.1)
#include "../include/CLapack.h"
#include "../include/compute.h"

/// Scores become exponentials; those of tokens that a query does not see become zero.
static void weigh(
    const weft_compute *table, const weft_attention *a, float *scores, float *inverses) {
  for (size_t r = 0; r < a->rows; r++) {
    float *row = scores + r * a->tokens;
    size_t seen = a->is_causal ? a->first + r + 1 : a->tokens;
    if (seen > a->tokens) seen = a->tokens;
    inverses[r] = table->exponentials(row, seen);
    for (size_t c = seen; c < a->tokens; c++) row[c] = 0;
  }
}

void weft_attend(const weft_compute *table, const weft_attention *a, float *scratch) {
  float *scores = scratch, *inverses = scratch + a->rows * a->tokens;
  float *target = a->target + a->first * a->stride;
  weft_gemm_call call = {
    .transpose_b = true, .m = a->rows, .n = a->tokens, .k = a->channels, .alpha = a->scale,
    .a = a->query + a->first * a->stride, .a_stride = a->stride, .b = a->key,
    .b_stride = a->stride, .c = scores, .c_stride = a->tokens,
  };
  weft_lapack_gemm(&call);
  weigh(table, a, scores, inverses);
  call = (weft_gemm_call){
    .m = a->rows, .n = a->channels, .k = a->tokens, .alpha = 1, .a = scores,
    .a_stride = a->tokens, .b = a->value, .b_stride = a->stride, .c = target,
    .c_stride = a->stride,
  };
  weft_lapack_gemm(&call);
  for (size_t r = 0; r < a->rows; r++) {
    float *row = target + r * a->stride;
    table->scale(row, inverses[r], a->channels, row);
  }
}
