#include "CPlanes.h"

#define RUN 256
#define RUNS 32

/// Counts with four tables, so that equal neighbours do not wait for each other; `count` is at most 8 KiB.
static void tally(const uint8_t *bytes, size_t count, uint32_t tables[4][256]) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int k = 0; k < 4; k++) tables[k][bytes[i + k]]++;
  }
  for (; i < count; i++) tables[0][bytes[i]]++;
}

weft_plane_sample weft_planes_sample(const uint8_t *plane, size_t count) {
  uint32_t tables[4][256] = {{0}};
  weft_plane_sample sample = {.count = count};
  if (count <= RUN * RUNS) {
    tally(plane, count, tables);
  } else {
    size_t step = (count - RUN) / (RUNS - 1);
    for (size_t run = 0; run < RUNS; run++) tally(plane + run * step, RUN, tables);
    sample.count = RUN * RUNS;
  }
  for (int value = 0; value < 256; value++) {
    uint64_t sum = (uint64_t)tables[0][value] + tables[1][value] + tables[2][value] + tables[3][value];
    if (sum > sample.most) sample.most = sum;
    sample.squares += sum * sum;
  }
  return sample;
}
