// Attention by its definition: one query, one key after the other, in float32.
#include <math.h>
#include <string.h>

#include "attention.h"

static float element(const weft_heads *heads, const char *token, size_t channel) {
  uint32_t bits;
  if (heads->element == WEFT_ELEMENT_F32) return ((const float *)token)[channel];
  bits = (uint32_t)((const uint16_t *)token)[channel] << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void store_element(const weft_heads *heads, float value, char *token, size_t channel) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (heads->element == WEFT_ELEMENT_F32) memcpy(token + 4 * channel, &bits, sizeof bits);
  else ((uint16_t *)token)[channel] = weft_bf16_of(bits);
}

/// The sums so far, for the greatest score so far.
typedef struct running {
  float maximum, total;
  float *sums;  // [channels]
} running;

static float score(const weft_heads *heads, const char *query, const char *key) {
  float sum = 0;
  for (size_t c = 0; c < heads->channels; c++) {
    sum += element(heads, query, c) * element(heads, key, c);
  }
  return sum * heads->scale;
}

static void add_value(const weft_heads *heads, float score, const char *value, running *so_far) {
  float maximum = score > so_far->maximum ? score : so_far->maximum;
  float shrink = expf(so_far->maximum - maximum), weight = expf(score - maximum);
  so_far->maximum = maximum;
  so_far->total = so_far->total * shrink + weight;
  for (size_t c = 0; c < heads->channels; c++) {
    so_far->sums[c] = so_far->sums[c] * shrink + weight * element(heads, value, c);
  }
}

void weft_attend_scalar(const weft_heads *heads, const weft_query_block *block, void *scratch) {
  size_t size = weft_element_size(heads->element);
  weft_token_strides strides = heads->strides;
  for (size_t q = block->first; q < block->first + block->count; q++) {
    const char *query = block->query + q * strides.query * size;
    char *target = block->target + q * strides.target * size;
    size_t seen = heads->is_causal && q < heads->keys ? q + 1 : heads->keys;
    running so_far = {.maximum = -INFINITY, .total = 0, .sums = scratch};
    memset(scratch, 0, 4 * heads->channels);
    for (size_t k = 0; k < seen; k++) {
      float s = score(heads, query, block->key + k * strides.key * size);
      add_value(heads, s, block->value + k * strides.value * size, &so_far);
    }
    for (size_t c = 0; c < heads->channels; c++) {
      store_element(heads, so_far.sums[c] / so_far.total, target, c);
    }
  }
}
