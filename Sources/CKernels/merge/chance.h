// Keeping elements by chance: each element has a number of its own, from the seed and its index alone.

/// A number from 0 to 2^53 - 1: the upper bits of the (index + 1)-th output of splitmix64.
///
/// Source: https://prng.di.unimi.it/splitmix64.c
static inline uint64_t draw(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (z ^ (z >> 31)) >> 11;
}

static void thin(
    double *values, weft_rectangle part, uint64_t seed, double chance, double factor) {
  uint64_t limit = (uint64_t)ceil(chance * 0x1p53);
  for (size_t r = 0; r < part.rows; r++) {
    double *row = values + r * part.columns;
    uint64_t index = (part.first_row + r) * part.stride + part.first_column;
    for (size_t c = 0; c < part.columns; c++) {
      row[c] = draw(seed, index + c) < limit ? row[c] * factor : 0;
    }
  }
}

static void thin_each(
    double *values, weft_rectangle part, uint64_t seed, const double *chances, bool inverse) {
  for (size_t r = 0; r < part.rows; r++) {
    double *row = values + r * part.columns;
    const double *chance = chances + r * part.columns;
    uint64_t index = (part.first_row + r) * part.stride + part.first_column;
    for (size_t c = 0; c < part.columns; c++) {
      bool kept = (double)draw(seed, index + c) * 0x1p-53 < chance[c];
      row[c] = kept ? (inverse ? row[c] / chance[c] : row[c]) : 0;
    }
  }
}

/// Sorts pairs of a key and an index by one byte of the key, keeping the order of equal ones.
static void sort_by_byte(
    const uint64_t *keys, const uint32_t *indices, uint64_t *sorted_keys,
    uint32_t *sorted_indices, size_t count, int shift) {
  size_t starts[257] = {0};
  for (size_t i = 0; i < count; i++) starts[((keys[i] >> shift) & 0xFF) + 1]++;
  for (size_t b = 0; b < 256; b++) starts[b + 1] += starts[b];
  for (size_t i = 0; i < count; i++) {
    size_t place = starts[(keys[i] >> shift) & 0xFF]++;
    sorted_keys[place] = keys[i];
    sorted_indices[place] = indices[i];
  }
}

/// Ranks every `group`-th element of a row from an offset on, least magnitude first, equal ones by column.
static void rank_group(
    const double *row, size_t offset, size_t count, weft_chances rule, double *chances,
    uint64_t *scratch) {
  uint64_t *keys = scratch, *other_keys = scratch + count;
  uint32_t *indices = (uint32_t *)(scratch + 2 * count), *other_indices = indices + count;
  uint64_t varying = 0;
  for (size_t i = 0; i < count; i++) {
    keys[i] = magnitude_bits(row[offset + i * rule.group]);
    indices[i] = (uint32_t)i;
    varying |= keys[i] ^ keys[0];
  }
  for (int shift = 0; shift < 64; shift += 8) {
    if (((varying >> shift) & 0xFF) == 0) continue;
    sort_by_byte(keys, indices, other_keys, other_indices, count, shift);
    uint64_t *swapped_keys = keys;
    keys = other_keys, other_keys = swapped_keys;
    uint32_t *swapped_indices = indices;
    indices = other_indices, other_indices = swapped_indices;
  }
  for (size_t rank = 0; rank < count; rank++) {
    // A row of one element has no order; it gets the mean chance.
    double share = count > 1 ? (double)rank / (double)(count - 1) : 0.5;
    chances[offset + indices[rank] * rule.group] = rule.least + share * rule.span;
  }
}

static void rank_row(
    const double *row, size_t columns, weft_chances rule, double *chances, uint64_t *scratch) {
  for (size_t offset = 0; offset < rule.group; offset++) {
    rank_group(row, offset, columns / rule.group, rule, chances, scratch);
  }
}
