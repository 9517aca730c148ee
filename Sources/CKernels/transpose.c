#include "CKernels.h"

/// The side of the blocks: 32 lines of cache for reading and 32 for writing fit the first level.
#define BLOCK 32

#define WEFT_TRANSPOSE(type) \
  static void transpose_##type( \
      const type *source, size_t rows, size_t columns, type *target) { \
    for (size_t i = 0; i < rows; i += BLOCK) { \
      size_t i_end = rows - i < BLOCK ? rows : i + BLOCK; \
      for (size_t j = 0; j < columns; j += BLOCK) { \
        size_t j_end = columns - j < BLOCK ? columns : j + BLOCK; \
        for (size_t c = j; c < j_end; c++) { \
          for (size_t r = i; r < i_end; r++) target[c * rows + r] = source[r * columns + c]; \
        } \
      } \
    } \
  }

WEFT_TRANSPOSE(uint8_t)
WEFT_TRANSPOSE(uint16_t)
WEFT_TRANSPOSE(uint32_t)
WEFT_TRANSPOSE(uint64_t)

void weft_transpose(
    const void *source, size_t rows, size_t columns, size_t element_width, void *target) {
  switch (element_width) {
    case 1: transpose_uint8_t(source, rows, columns, target); break;
    case 2: transpose_uint16_t(source, rows, columns, target); break;
    case 4: transpose_uint32_t(source, rows, columns, target); break;
    case 8: transpose_uint64_t(source, rows, columns, target); break;
  }
}
