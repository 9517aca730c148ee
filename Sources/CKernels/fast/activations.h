// Functions of every element.
// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/aten/src/ATen/native/cpu/Activation.cpp

/// x / (1 + exp(-factor * y)).
WEFT_INLINE floats gated(floats x, floats y, float factor, weft_element element) {
  return quotient(x, 1.0f + exponential(y, -factor, element), element);
}

/// x times the normal distribution: max(0, x) - |x| tail(|x|), which has no cancellation on either side.
WEFT_INLINE floats gelu(floats x, weft_element element) {
  floats a = magnitude(x);
  a = a > 15.0f ? (floats)15.0f : a;  // where the tail is zero
  return (x < 0.0f ? (floats)0.0f : x) - a * normal_tail(a, element);
}

/// With 2 sqrt(2 / pi), since (1 + tanh(y)) / 2 = 1 / (1 + exp(-2 y)).
WEFT_INLINE floats gelu_tanh(floats x, weft_element element) {
  return gated(x, x + 0.044715f * x * x * x, 0x1.988454p0f, element);
}

WEFT_INLINE floats activated(floats x, weft_activation activation, weft_element element) {
  switch (activation) {
    case WEFT_NO_ACTIVATION: return x;
    case WEFT_SILU: return gated(x, x, 1.0f, element);
    case WEFT_GELU: return gelu(x, element);
    case WEFT_GELU_TANH: return gelu_tanh(x, element);
    case WEFT_QUICK_GELU: return gated(x, x, 1.702f, element);
    case WEFT_RELU: return x < 0.0f ? (floats)0.0f : x;
    case WEFT_TANH: return hyperbolic_tangent(x);
  }
}

/// A function of its own for each type: `function(element, ...)`.
#define WITH_ELEMENT(element, function, ...) \
  (element == WEFT_ELEMENT_BF16 ? function(WEFT_ELEMENT_BF16, __VA_ARGS__) \
                                : function(WEFT_ELEMENT_F32, __VA_ARGS__))

/// And for each function of elements: `function(element, activation, ...)`.
#define WITH_ACTIVATION(element, activation, function, ...) \
  switch (activation) { \
    case WEFT_NO_ACTIVATION: \
      WITH_ELEMENT(element, function, WEFT_NO_ACTIVATION, __VA_ARGS__); \
      break; \
    case WEFT_SILU: WITH_ELEMENT(element, function, WEFT_SILU, __VA_ARGS__); break; \
    case WEFT_GELU: WITH_ELEMENT(element, function, WEFT_GELU, __VA_ARGS__); break; \
    case WEFT_GELU_TANH: WITH_ELEMENT(element, function, WEFT_GELU_TANH, __VA_ARGS__); break; \
    case WEFT_QUICK_GELU: WITH_ELEMENT(element, function, WEFT_QUICK_GELU, __VA_ARGS__); break; \
    case WEFT_RELU: WITH_ELEMENT(element, function, WEFT_RELU, __VA_ARGS__); break; \
    case WEFT_TANH: WITH_ELEMENT(element, function, WEFT_TANH, __VA_ARGS__); break; \
  }
