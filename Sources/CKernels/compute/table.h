// All functions and the table of them; WEFT_COMPUTE_TABLE is its name.
#include <math.h>

#include "../include/compute.h"

#pragma STDC FP_CONTRACT OFF

#include "elementary.h"

#include "activations.h"

#include "rows.h"

#include "norms.h"

#define FUNCTION_OF_ELEMENTS(name) \
  static void name##_each(const float *x, size_t count, float *target) { \
    for (size_t i = 0; i < count; i++) target[i] = name(x[i]); \
  }

FUNCTION_OF_ELEMENTS(exponential)
FUNCTION_OF_ELEMENTS(error_function)
FUNCTION_OF_ELEMENTS(hyperbolic_tangent)

const weft_compute WEFT_COMPUTE_TABLE = {
  .exponential = exponential_each,
  .error_function = error_function_each,
  .hyperbolic_tangent = hyperbolic_tangent_each,
  .finish = finish,
  .gate = gate,
  .add = add,
  .scale = scale,
  .exponentials = exponentials,
  .normalize_group = normalize_group,
  .normalize_rows = normalize_rows,
};
