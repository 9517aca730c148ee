// What moves or mixes the pixels of pictures.
#include <string.h>

#include "../include/compute.h"

#pragma STDC FP_CONTRACT OFF

/// Writes the pixels of a line that a column of the kernel sees at the output's columns first ..< first + count.
static void copy_line(
    const float *line, const weft_window *w, size_t kernel_column, size_t first, size_t count,
    float *target) {
  // The column of the picture is `offset + first * stride`, shifted to the right by `left`.
  size_t offset = kernel_column + first * w->stride;
  size_t i = 0;
  for (; i < count && offset + i * w->stride < w->left; i++) target[i] = 0;
  size_t end = w->width + w->left > offset ? (w->width + w->left - offset - 1) / w->stride + 1 : 0;
  if (end > count) end = count;
  if (end > i) {
    const float *source = line + (offset + i * w->stride - w->left);
    if (w->stride == 1) {
      memcpy(target + i, source, (end - i) * sizeof *target);
    } else {
      for (size_t j = 0; j < end - i; j++) target[i + j] = source[j * w->stride];
    }
    i = end;
  }
  for (; i < count; i++) target[i] = 0;
}

/// Writes what one element of the kernel sees.
static void copy_element(
    const float *plane, const weft_window *w, size_t kernel_row, size_t kernel_column,
    size_t first, size_t count, float *target) {
  for (size_t done = 0; done < count;) {
    size_t row = (first + done) / w->output_width, column = (first + done) % w->output_width;
    size_t length = w->output_width - column;
    if (length > count - done) length = count - done;
    size_t y = row * w->stride + kernel_row - w->top;  // wraps around above the picture
    if (y < w->height) {
      copy_line(plane + y * w->width, w, kernel_column, column, length, target + done);
    } else {
      memset(target + done, 0, length * sizeof *target);
    }
    done += length;
  }
}

void weft_windows(
    const float *picture, const weft_window *w, size_t first, size_t count, float *target) {
  for (size_t c = 0; c < w->channels; c++) {
    const float *plane = picture + c * w->height * w->width;
    for (size_t ky = 0; ky < w->kernel_height; ky++) {
      for (size_t kx = 0; kx < w->kernel_width; kx++) {
        copy_element(plane, w, ky, kx, first, count, target);
        target += count;
      }
    }
  }
}

void weft_resize(
    const float *plane, size_t height, size_t width, const weft_taps *vertical,
    const weft_taps *horizontal, float *scratch, float *target) {
  // [height, horizontal size]
  for (size_t y = 0; y < height; y++) {
    for (size_t x = 0; x < horizontal->size; x++) {
      const float *weights = horizontal->weights + x * horizontal->count;
      const float *source = plane + y * width + horizontal->first[x];
      float sum = 0;
      for (size_t k = 0; k < horizontal->count; k++) sum += weights[k] * source[k];
      scratch[y * horizontal->size + x] = sum;
    }
  }
  // [vertical size, horizontal size]
  for (size_t y = 0; y < vertical->size; y++) {
    const float *weights = vertical->weights + y * vertical->count;
    const float *source = scratch + vertical->first[y] * horizontal->size;
    float *line = target + y * horizontal->size;
    memset(line, 0, horizontal->size * sizeof *line);
    for (size_t k = 0; k < vertical->count; k++) {
      for (size_t x = 0; x < horizontal->size; x++) {
        line[x] += weights[k] * source[k * horizontal->size + x];
      }
    }
  }
}

void weft_average_pool(const float *plane, size_t height, size_t width, float *target) {
  size_t columns = (width + 1) / 2;
  for (size_t y = 0; y < height; y += 2) {
    const float *upper = plane + y * width;
    const float *lower = y + 1 < height ? upper + width : NULL;
    float *line = target + y / 2 * columns;
    for (size_t x = 0; x < width; x += 2) {
      size_t seen = x + 1 < width ? 2 : 1;
      float sum = 0;
      for (size_t k = 0; k < seen; k++) sum += upper[x + k];
      for (size_t k = 0; lower && k < seen; k++) sum += lower[x + k];
      line[x / 2] = sum / (float)(lower ? 2 * seen : seen);
    }
  }
}

void weft_unshuffle(
    const float *plane, size_t height, size_t width, size_t factor, float *target) {
  for (size_t dy = 0; dy < factor; dy++) {
    for (size_t dx = 0; dx < factor; dx++) {
      for (size_t y = 0; y < height / factor; y++) {
        const float *line = plane + (y * factor + dy) * width + dx;
        for (size_t x = 0; x < width / factor; x++) *target++ = line[x * factor];
      }
    }
  }
}
