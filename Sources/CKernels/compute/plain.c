#define WEFT_COMPUTE_TABLE weft_compute_plain

#include "table.h"
