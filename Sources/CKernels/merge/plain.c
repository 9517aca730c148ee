#define WEFT_MERGE_TABLE weft_merge_plain

#include "table.h"

#if defined(__x86_64__)

extern const weft_merge_kernels weft_merge_avx2;

const weft_merge_kernels *weft_merge_kernels_best(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") ? &weft_merge_avx2 : &weft_merge_plain;
}

#else

const weft_merge_kernels *weft_merge_kernels_best(void) { return &weft_merge_plain; }

#endif

const weft_merge_kernels *weft_merge_kernels_plain(void) { return &weft_merge_plain; }
