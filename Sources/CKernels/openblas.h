// What the files that use OpenBLAS share.
#ifndef WEFT_OPENBLAS_H
#define WEFT_OPENBLAS_H

#include "CKernels.h"

/// A function of OpenBLAS, or NULL; weft_openblas_load has answered true.
void *weft_openblas_symbol(const char *name);

#endif
