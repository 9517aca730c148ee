// Between blocks in rows and elements in lanes.

typedef float quad __attribute__((ext_vector_type(4), aligned(4)));

/// Four rows of four values.
typedef struct square { quad rows[4]; } square;

INLINE square transpose(square s) {
  quad a = s.rows[0], b = s.rows[1], c = s.rows[2], d = s.rows[3];
  quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  quad AB = __builtin_shufflevector(a, b, 2, 6, 3, 7), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return (square){{
    __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
    __builtin_shufflevector(AB, CD, 0, 1, 4, 5), __builtin_shufflevector(AB, CD, 2, 3, 6, 7)}};
}

/// Element i of block l becomes lane l of `target[i]`.
static void gather(const float *const *blocks, floats *target) {  // [256][LANES]
  for (size_t i = 0; i < WEFT_K_SIZE; i += 4) {
    for (size_t lane = 0; lane < LANES; lane += 4) {
      square s;
      for (size_t k = 0; k < 4; k++) s.rows[k] = *(const quad *)(blocks[lane + k] + i);
      s = transpose(s);
      for (size_t k = 0; k < 4; k++) *(quad *)((float *)(target + i + k) + lane) = s.rows[k];
    }
  }
}

/// The index of the block in a lane; past the end, the last block again.
INLINE size_t index_of(const weft_k_rows *rows, size_t first, size_t lane) {
  size_t last = weft_k_block_count(rows) - 1;
  return first + lane < last ? first + lane : last;
}

static void gather_values(const weft_k_rows *rows, size_t first, floats *target) {
  const float *blocks[LANES];
  for (size_t lane = 0; lane < LANES; lane++) {
    blocks[lane] = rows->values + index_of(rows, first, lane) * WEFT_K_SIZE;
  }
  gather(blocks, target);
}

static void gather_importances(const weft_k_rows *rows, size_t first, floats *target) {
  const float *blocks[LANES];
  for (size_t lane = 0; lane < LANES; lane++) {
    blocks[lane] = weft_k_importances(rows, index_of(rows, first, lane));
  }
  gather(blocks, target);
}

/// Four levels in the bytes of a word.
INLINE ints word_of(const floats *levels) {
  ints word = __builtin_convertvector(levels[0], ints);
  for (int k = 1; k < 4; k++) word |= __builtin_convertvector(levels[k], ints) << 8 * k;
  return word;
}

/// Stores 16 levels of every lane where they belong.
INLINE void scatter_levels(const floats *levels, int element, weft_k_block *blocks) {
  union { ints words; float lanes[LANES]; } columns[4];  // the bits, not the numbers
  for (int k = 0; k < 4; k++) columns[k].words = word_of(levels + 4 * k);
  for (int lane = 0; lane < LANES; lane += 4) {
    square s;
    for (int k = 0; k < 4; k++) s.rows[k] = *(const quad *)(columns[k].lanes + lane);
    s = transpose(s);
    for (int k = 0; k < 4; k++) {
      __builtin_memcpy(blocks[lane + k].levels + element, &s.rows[k], 16);
    }
  }
}

/// Stores small whole numbers of every lane, each a row further on than the one before.
INLINE void scatter_scales(int count, const floats *scales, int8_t *first, size_t distance) {
  for (int j = 0; j < count; j++) {
    union { ints vector; int lanes[LANES]; } scale = {__builtin_convertvector(scales[j], ints)};
    for (size_t lane = 0; lane < LANES; lane++) {
      first[lane * distance + (size_t)j] = (int8_t)scale.lanes[lane];
    }
  }
}

typedef _Float16 halves __attribute__((ext_vector_type(LANES)));

/// Units as f16, the nearest, and as which they will be read.
typedef struct units {
  union { halves vector; uint16_t lanes[LANES]; } bits;
  floats values;
} units;

INLINE units units_of(floats x) {
  units u = {.bits.vector = __builtin_convertvector(x, halves)};
  u.values = __builtin_convertvector(u.bits.vector, floats);
  return u;
}
