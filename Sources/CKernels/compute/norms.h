// Normalisation with biased variance.
// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/nn/modules/normalization.py
typedef struct moments {
  float mean, inverse;  // 1 / sqrt(variance + epsilon)
} moments;

static moments moments_of(const float *values, size_t count, float epsilon) {
  double mean = sum(values, count) / (double)count;
  double variance = sum_of_squared_differences(values, count, mean) / (double)count;
  return (moments){.mean = (float)mean, .inverse = (float)(1.0 / sqrt(variance + epsilon))};
}

static void normalize_group(
    const float *x, size_t channels, size_t count, const float *weight, const float *bias,
    float epsilon, weft_activation activation, float *target) {
  moments all = moments_of(x, channels * count, epsilon);
  for (size_t c = 0; c < channels; c++) {
    const float *source = x + c * count;
    float *row = target + c * count;
    float factor = all.inverse * weight[c], addend = bias[c];
#define NORMALIZE(function) \
  for (size_t i = 0; i < count; i++) row[i] = function((source[i] - all.mean) * factor + addend);
    WITH_FUNCTION_OF(activation, NORMALIZE)
#undef NORMALIZE
  }
}

static void normalize_rows(
    const float *x, size_t rows, size_t columns, const float *weight, const float *bias,
    float epsilon, float *target) {
  for (size_t r = 0; r < rows; r++) {
    const float *source = x + r * columns;
    float *row = target + r * columns;
    moments all = moments_of(source, columns, epsilon);
    for (size_t c = 0; c < columns; c++) {
      row[c] = (source[c] - all.mean) * all.inverse * weight[c] + bias[c];
    }
  }
}
