// All functions and the table of them; WEFT_ELEMENTS_TABLE is its name, WEFT_LANES the length of the target's vectors.
#include <math.h>

#include "lanes.h"

#include "elementary.h"

#include "activations.h"

#include "elements.h"

#include "norms.h"

#include "softmax.h"

#include "turning.h"

#include "layouts.h"

#include "pooling.h"

#include "quantizing.h"

const weft_fast_elements WEFT_ELEMENTS_TABLE = {
  .convert = convert,
  .interleave = interleave,
  .deinterleave = deinterleave,
  .finish = finish,
  .gate = gate,
  .add = add,
  .scale = scale,
  .softmax = softmax,
  .group_sums = group_sums,
  .normalize = normalize,
  .normalize_rows = normalize_rows,
  .average_pool = average_pool,
  .largest = largest,
  .quantize = quantize,
};
