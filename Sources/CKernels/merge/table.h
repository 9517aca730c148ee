// All functions and the table of them; WEFT_MERGE_TABLE is its name.
#include "../include/merge.h"

#pragma STDC FP_CONTRACT OFF

#include "sums.h"

#include "selection.h"

#include "chance.h"

#include "votes.h"

#include "smoothing.h"

#include "median_3x3.h"

#include "median.h"

const weft_merge_kernels WEFT_MERGE_TABLE = {
  .dot = dot,
  .sum_magnitudes = sum_magnitudes,
  .count_digits = count_digits,
  .find_places = find_places,
  .count_equals = count_equals,
  .keep_between = keep_between,
  .thin = thin,
  .thin_each = thin_each,
  .rank_row = rank_row,
  .elect = elect,
  .train_difference = train_difference,
  .add_column_dots = add_column_dots,
  .blend_columns = blend_columns,
  .smooth = smooth,
  .median = median,
};
