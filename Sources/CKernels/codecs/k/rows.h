// Going through the blocks of rows.
#ifndef WEFT_K_ROWS_H
#define WEFT_K_ROWS_H

#include "block.h"

/// The rows that an encoder is given: values [rows, columns] and importances [columns] or NULL.
typedef struct weft_k_rows {
  const float *values, *importances;
  size_t rows, columns;
} weft_k_rows;

static inline size_t weft_k_block_count(const weft_k_rows *rows) {
  return rows->rows * (rows->columns / WEFT_K_SIZE);
}

/// The importances of the block of this index.
static inline const float *weft_k_importances(const weft_k_rows *rows, size_t index) {
  if (!rows->importances) return NULL;
  return rows->importances + index % (rows->columns / WEFT_K_SIZE) * WEFT_K_SIZE;
}

#endif
