// All functions and the table of them; WEFT_COMPUTE_TABLE is its name.
#include <math.h>

#include "../include/compute.h"

#pragma STDC FP_CONTRACT OFF

#include "elementary.h"

#include "activations.h"

#include "rows.h"

#include "norms.h"

const weft_compute WEFT_COMPUTE_TABLE = {
  .finish = finish,
  .gate = gate,
  .add = add,
  .scale = scale,
  .exponentials = exponentials,
  .normalize_group = normalize_group,
  .normalize_rows = normalize_rows,
};
