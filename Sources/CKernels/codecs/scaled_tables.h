// The tables of functions for types with scales beside them, one for each instruction set.
#ifndef WEFT_SCALED_TABLES_H
#define WEFT_SCALED_TABLES_H

#include "../numbers.h"

extern const weft_scaled_kernels weft_scaled_plain;
extern const weft_scaled_kernels weft_scaled_avx2;
extern const weft_scaled_kernels weft_scaled_avx512;

#endif
