#include "include/energy.h"

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

/// Element i of a row is added to lane i % LANES, and the lanes are joined at the end, so that vectors of any length add up
/// the same numbers in the same order.
#define LANES 16

void weft_add_token_squares(
    const float *x, size_t rows, size_t columns, size_t stride, double *restrict sums) {
  for (size_t row = 0; row < rows; row++, x += stride) {
    for (size_t column = 0; column < columns; column++) {
      double value = x[column];
      sums[column] += value * value;
    }
  }
}

static void add_squares(const float *x, size_t count, double *lanes) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (size_t k = 0; k < LANES; k++) {
      double value = x[i + k];
      lanes[k] += value * value;
    }
  }
  for (size_t k = 0; i < count; i++, k++) {
    double value = x[i];
    lanes[k] += value * value;
  }
}

static void add_spaced_squares(const float *x, size_t count, size_t step, double *lanes) {
  for (size_t i = 0; i < count; i++) {
    double value = x[i * step];
    lanes[i % LANES] += value * value;
  }
}

static double join(const double *lanes) {
  double sum = 0;
  for (size_t k = 0; k < LANES; k++) sum += lanes[k];
  return sum;
}

/// A run of the output's pixels along an axis at which an element of the kernel meets the picture, and where it does first.
typedef struct run {
  size_t first, count, start;
} run;

/// The run for the kernel's element `tap` on an axis of so many input and output pixels.
static run met(size_t tap, size_t padding, size_t stride, size_t inputs, size_t outputs) {
  size_t first = tap < padding ? (padding - tap + stride - 1) / stride : 0;
  size_t start = first * stride + tap - padding;
  if (first >= outputs || start >= inputs) return (run){0};
  size_t fitting = (inputs - start + stride - 1) / stride, left = outputs - first;
  return (run){.first = first, .count = fitting < left ? fitting : left, .start = start};
}

void weft_add_kernel_squares(
    const float *plane, const weft_window *window, size_t output_height, double *sums) {
  for (size_t ky = 0; ky < window->kernel_height; ky++) {
    run down = met(ky, window->top, window->stride, window->height, output_height);
    for (size_t kx = 0; kx < window->kernel_width; kx++) {
      run across = met(kx, window->left, window->stride, window->width, window->output_width);
      double lanes[LANES] = {0};
      for (size_t row = 0; row < down.count; row++) {
        const float *x = plane + (down.start + row * window->stride) * window->width + across.start;
        if (window->stride == 1) {
          add_squares(x, across.count, lanes);
        } else {
          add_spaced_squares(x, across.count, window->stride, lanes);
        }
      }
      *sums++ += join(lanes);
    }
  }
}

/// Magnitudes are ordered as their bits are, and NaN comes behind infinity.
float weft_largest_magnitude(const float *x, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    bits &= 0x7fffffff;
    largest = bits > largest ? bits : largest;
  }
  float magnitude;
  memcpy(&magnitude, &largest, sizeof magnitude);
  return magnitude;
}
