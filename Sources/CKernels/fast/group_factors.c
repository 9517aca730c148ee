#include <math.h>

#include "../include/fast_elements.h"

void weft_group_factors(
    const double *sums, size_t blocks, size_t groups, size_t channels, size_t count,
    const float *weight, const float *bias, float epsilon, float *factors, float *addends) {
  size_t size = channels / groups;
  for (size_t g = 0; g < groups; g++) {
    double sum = 0, square = 0;
    for (size_t b = 0; b < blocks; b++) {
      sum += sums[2 * (b * groups + g)];
      square += sums[2 * (b * groups + g) + 1];
    }
    double mean = sum / (double)count, variance = square / (double)count - mean * mean;
    double inverse = 1.0 / sqrt((variance < 0 ? 0 : variance) + epsilon);
    for (size_t c = g * size; c < (g + 1) * size; c++) {
      factors[c] = (float)(inverse * weight[c]);
      addends[c] = (float)(bias[c] - mean * inverse * weight[c]);
    }
  }
}
