// The walk over rows and blocks for encoders that take one block a lane.
#ifndef WEFT_LANES_ROWS_H
#define WEFT_LANES_ROWS_H

#include "lanes.h"

/// A type that is encoded across blocks.
typedef struct lanes_type {
  size_t length, byte_count;
  lanes_encode encode;
  bool needs_mean_square;
} lanes_type;

/// The means of the squares of up to as many rows as there are lanes, as weft_mean_square adds them.
WEFT_INLINE void lanes_mean_squares(
    const float *values, size_t rows, size_t columns, float *means) {
  const float *places[WEFT_LANES];
  lanes_f sum = 0, tile[32];
  for (size_t start = 0; start < columns; start += 32) {
    for (size_t i = 0; i < WEFT_LANES; i++) {
      places[i] = values + (i < rows ? i : rows - 1) * columns + start;
    }
    lanes_load(places, 32, tile);
    for (int j = 0; j < 32; j++) sum += tile[j] * tile[j];
  }
  sum /= (float)columns;
  memcpy(means, &sum, sizeof sum);
}

/// Encodes rows, of which there are at most as many as lanes where their means are needed.
WEFT_INLINE void lanes_encode_rows(const lanes_type *type, WEFT_ENCODER_PARAMETERS) {
  float means[WEFT_LANES] = {0};
  if (type->needs_mean_square) lanes_mean_squares(values, rows, columns, means);
  size_t row_block_count = columns / type->length, count = rows * row_block_count;
  for (size_t start = 0; start < count; start += WEFT_LANES) {
    lanes_blocks group;
    float mean_square[WEFT_LANES];
    for (size_t i = 0; i < WEFT_LANES; i++) {
      size_t index = start + i < count ? start + i : count - 1;
      size_t row = index / row_block_count, column = index % row_block_count * type->length;
      group.values[i] = values + index * type->length;
      group.weights[i] = weights ? weights + column : NULL;
      group.blocks[i] = blocks + index * type->byte_count;
      mean_square[i] = type->needs_mean_square ? means[row] : 0;
    }
    memcpy(&group.mean_square, mean_square, sizeof mean_square);
    type->encode(&group);
  }
}

/// Encodes any number of rows.
WEFT_INLINE void lanes_encode_all(const lanes_type *type, WEFT_ENCODER_PARAMETERS) {
  size_t most = type->needs_mean_square ? WEFT_LANES : rows;
  size_t row_byte_count = columns / type->length * type->byte_count;
  for (size_t row = 0; row < rows; row += most) {
    size_t count = rows - row < most ? rows - row : most;
    lanes_encode_rows(
      type, values + row * columns, weights, count, columns, blocks + row * row_byte_count);
  }
}

#endif
