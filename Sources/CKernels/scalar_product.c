#include <math.h>

#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

void weft_scalar_product(
    const double *a, const double *b, double *target, size_t rows, size_t inner, size_t columns) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) {
      double sum = 0;
      for (size_t k = 0; k < inner; k++) {
        sum = __builtin_fma(a[r * inner + k], b[k * columns + c], sum);
      }
      target[r * columns + c] = sum;
    }
  }
}
