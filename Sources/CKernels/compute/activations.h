// Functions of every element, and what comes after a product.
// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/aten/src/ATen/native/cpu/Activation.cpp
static inline float identity(float x) { return x; }

static inline float silu(float x) { return x / (1.0f + exponential(-x)); }

static inline float gelu(float x) {
  return 0.5f * x * (1.0f + error_function(x * 0x1.6A09E6p-1f));
}

static inline float gelu_tanh(float x) {
  float inner = 0x1.988454p-1f * (x + 0.044715f * x * x * x);
  return 0.5f * x * (1.0f + hyperbolic_tangent(inner));
}

static inline float quick_gelu(float x) { return x / (1.0f + exponential(-1.702f * x)); }

static inline float relu(float x) { return x < 0.0f ? 0.0f : x; }

/// A loop of its own for each function.
#define WITH_FUNCTION_OF(activation, LOOP) \
  switch (activation) { \
    case WEFT_NO_ACTIVATION: LOOP(identity) break; \
    case WEFT_SILU: LOOP(silu) break; \
    case WEFT_GELU: LOOP(gelu) break; \
    case WEFT_GELU_TANH: LOOP(gelu_tanh) break; \
    case WEFT_QUICK_GELU: LOOP(quick_gelu) break; \
    case WEFT_RELU: LOOP(relu) break; \
    case WEFT_TANH: LOOP(hyperbolic_tangent) break; \
  }

static void activate(float *values, size_t count, weft_activation activation) {
  if (activation == WEFT_NO_ACTIVATION) return;
#define ACTIVATE(function) \
  for (size_t i = 0; i < count; i++) values[i] = function(values[i]);
  WITH_FUNCTION_OF(activation, ACTIVATE)
#undef ACTIVATE
}

static void finish(float *values, weft_tile tile, const weft_epilogue *epilogue) {
  for (size_t r = 0; r < tile.rows; r++) {
    float *row = values + r * tile.stride;
    if (epilogue->row_addend) {
      float addend = epilogue->row_addend[r];
      for (size_t c = 0; c < tile.columns; c++) row[c] += addend;
    }
    activate(row, tile.columns, epilogue->activation);
    if (epilogue->residual) {
      const float *residual = epilogue->residual + r * tile.stride;
      for (size_t c = 0; c < tile.columns; c++) row[c] += residual[c];
    }
  }
}

static void gate(
    const float *x, size_t rows, size_t columns, weft_activation activation, float *target) {
  for (size_t r = 0; r < rows; r++) {
    const float *value = x + r * 2 * columns, *opening = value + columns;
    float *row = target + r * columns;
#define GATE(function) \
  for (size_t c = 0; c < columns; c++) row[c] = value[c] * function(opening[c]);
    WITH_FUNCTION_OF(activation, GATE)
#undef GATE
  }
}
