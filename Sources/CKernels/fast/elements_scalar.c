#define WEFT_ELEMENTS_TABLE weft_fast_elements_scalar
#define WEFT_LANES 1

#include "elements_table.h"
