#include "../include/fast_elements.h"
#include "standard.h"

void weft_group_factors(
    const double *sums, size_t blocks, size_t groups, size_t channels, size_t count,
    const float *weight, float epsilon, float *means, float *factors) {
  size_t size = channels / groups;
  for (size_t g = 0; g < groups; g++) {
    double sum = 0, square = 0;
    for (size_t b = 0; b < blocks; b++) {
      sum += sums[2 * (b * groups + g)];
      square += sums[2 * (b * groups + g) + 1];
    }
    weft_standard all = weft_standardized(sum, square, count, epsilon);
    for (size_t c = g * size; c < (g + 1) * size; c++) {
      means[c] = (float)all.mean;
      factors[c] = (float)(all.inverse * weight[c]);
    }
  }
}
