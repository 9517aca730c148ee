#include "avx2_table.h"
#include "scalar.h"

static const weft_kernels scalar_kernels = {
  .name = "scalar",
  .convert = weft_scalar_convert,
  .count_nonfinite = weft_scalar_count_nonfinite,
  .fuse = weft_scalar_fuse,
  .combine = weft_scalar_combine,
  .compare = weft_scalar_compare,
  .product = weft_scalar_product,
};

const weft_kernels *weft_kernels_scalar(void) { return &scalar_kernels; }

#if defined(__x86_64__)

static const weft_kernels avx2_kernels = {
  .name = "avx2",
  .convert = weft_avx2_convert,
  .count_nonfinite = weft_avx2_count_nonfinite,
  .fuse = weft_avx2_fuse,
  .combine = weft_avx2_combine,
  .compare = weft_avx2_compare,
  .product = weft_avx2_product,
};

const weft_kernels *weft_kernels_best(void) {
  __builtin_cpu_init();
  bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
    && __builtin_cpu_supports("f16c");
  return has_avx2 ? &avx2_kernels : &scalar_kernels;
}

#else

const weft_kernels *weft_kernels_best(void) { return &scalar_kernels; }

#endif
