#include <malloc.h>

#include "CKernels.h"

void weft_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that the allocator takes
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void weft_return_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}
