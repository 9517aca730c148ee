// The regular Hadamard matrix of ConvRot, level by level.
#include <math.h>

#include "../include/CKernels.h"

#pragma STDC FP_CONTRACT OFF

#define GREATEST_GROUP 4096

/// Replaces fours of values that lie `stride` apart by their products with the matrix of size four.
static void rotate_level(double *values, size_t length, size_t stride) {
  for (size_t first = 0; first < length; first += 4 * stride) {
    for (size_t i = first; i < first + stride; i++) {
      double a = values[i], b = values[i + stride], c = values[i + 2 * stride], d = values[i + 3 * stride];
      values[i] = a + b + c - d;
      values[i + stride] = a + b - c + d;
      values[i + 2 * stride] = a - b + c + d;
      values[i + 3 * stride] = -a + b + c + d;
    }
  }
}

void weft_rotate_groups(float *values, size_t group_count, size_t length) {
  double group[GREATEST_GROUP], root = sqrt((double)length);
  for (size_t g = 0; g < group_count; g++, values += length) {
    for (size_t i = 0; i < length; i++) group[i] = (double)values[i];
    for (size_t stride = 1; stride < length; stride *= 4) rotate_level(group, length, stride);
    for (size_t i = 0; i < length; i++) values[i] = (float)(group[i] / root);
  }
}
