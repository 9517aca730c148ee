// Copies between tokens and what the kernels read: without gaps, padded with zeros, queries side by side.

/// Copies a token's channels to words, zeros behind them up to a whole number of vectors.
INLINE void pack_token(const weft_heads *heads, const char *token, uint32_t *words) {
  if (PAIR == 1 && heads->element == WEFT_ELEMENT_BF16) {
    const uint16_t *halves = (const uint16_t *)token;
    size_t i = 0;
    for (; i < heads->channels; i++) words[i] = (uint32_t)halves[i] << 16;
    for (; i % LANES != 0; i++) words[i] = 0;
    return;
  }
  size_t bytes = heads->channels * 4 / PAIR;
  for (; bytes >= 4 * LANES; bytes -= 4 * LANES, token += 4 * LANES, words += LANES) {
    memcpy(words, token, 4 * LANES);
  }
  if (bytes > 0) {
    lanes last = LOAD_BYTES(token, bytes);
    memcpy(words, &last, 4 * LANES);
  }
}

/// NaN if a bfloat16 is not finite, or else 0: weights of pairs are made of whole numbers, which know no NaN.
INLINE float flaw_of(const uint32_t *words, size_t count) {
  uint32_t flaws = 0;
  for (size_t i = 0; PAIR == 2 && i < count; i++) {
    flaws |= (words[i] & 0x7f80) == 0x7f80 || (words[i] & 0x7f800000) == 0x7f800000;
  }
  return flaws ? __builtin_nanf("") : 0;
}

/// Transposes LANES by LANES words: each pass riffles the rows like cards.
INLINE void transpose(lanes rows[LANES]) {
  for (int pass = 1; pass < LANES; pass *= 2) {
    lanes riffled[LANES];
    for (int i = 0; i < LANES / 2; i++) {
      riffled[2 * i] = RIFFLE_LOW(rows[i], rows[i + LANES / 2]);
      riffled[2 * i + 1] = RIFFLE_HIGH(rows[i], rows[i + LANES / 2]);
    }
    memcpy(rows, riffled, sizeof riffled);
  }
}

/// Packs at most LANES queries as columns of target [depth][stride].
static void pack_queries(
    const weft_heads *heads, const char *query, size_t count, size_t depth, uint32_t *rows,
    uint32_t *target, size_t stride, float *flaws) {
  size_t bytes = heads->strides.query * weft_element_size(heads->element);
  size_t words = (depth + LANES - 1) / LANES * LANES;
  memset(rows, 0, 4 * LANES * words);
  for (size_t i = 0; i < LANES; i++) {
    if (i < count) pack_token(heads, query + i * bytes, rows + i * words);
    flaws[i] = flaw_of(rows + i * words, words);
  }
  for (size_t first = 0; first < depth; first += LANES) {
    lanes square[LANES];
    for (size_t i = 0; i < LANES; i++) square[i] = load(rows + i * words + first);
    transpose(square);
    for (size_t i = 0; i < LANES && first + i < depth; i++) {
      store(target + (first + i) * stride, square[i]);
    }
  }
}

/// Packs keys as rows [padded][depth]; answers their flaw. Behind the last there is room for a whole vector.
static float pack_keys(
    const weft_heads *heads, const char *key, size_t count, size_t padded, size_t depth,
    uint32_t *target) {
  size_t bytes = heads->strides.key * weft_element_size(heads->element);
  for (size_t i = 0; i < count; i++) pack_token(heads, key + i * bytes, target + i * depth);
  memset(target + count * depth, 0, 4 * (padded - count) * depth);
  return flaw_of(target, count * depth);
}

/// CHANNELS channels of PAIR tokens, side by side.
INLINE void interleave(const void *const tokens[PAIR], size_t channel, uint32_t *words) {
#if PAIR == 1
  memcpy(words, (const uint32_t *)tokens[0] + channel, 4 * CHANNELS);
#else
  const uint16_t *low = (const uint16_t *)tokens[0] + channel;
  const uint16_t *high = (const uint16_t *)tokens[1] + channel;
  for (size_t i = 0; i < CHANNELS; i++) words[i] = low[i] | (uint32_t)high[i] << 16;
#endif
}

/// A token's channels, padded with zeros: where they are or, if they have to be changed, a copy.
INLINE const void *padded_token(const weft_heads *heads, const char *token, uint32_t *copy) {
  bool is_whole = heads->channels % CHANNELS == 0;
  if (is_whole && (PAIR == 2) == (heads->element == WEFT_ELEMENT_BF16)) return token;
  pack_token(heads, token, copy);
  return copy;
}

/// Packs values [width / CHANNELS][padded / PAIR][CHANNELS]; two tokens of bfloat16 share the words.
static void pack_values(
    const weft_heads *heads, const char *value, size_t count, size_t padded, size_t width,
    uint32_t *rows, uint32_t *target) {
  size_t bytes = heads->strides.value * weft_element_size(heads->element);
  size_t words = (width + LANES - 1) / LANES * LANES;  // of a row
  memset(rows + 2 * words, 0, 4 * words);
  for (size_t k = 0; k < padded; k += PAIR) {
    const void *tokens[PAIR];
    for (size_t i = 0; i < PAIR; i++) {
      tokens[i] = k + i < count ? padded_token(heads, value + (k + i) * bytes, rows + i * words)
                                : rows + 2 * words;
    }
    for (size_t c = 0; c < width; c += CHANNELS) {
      interleave(tokens, c, target + c * (padded / PAIR) + k / PAIR * CHANNELS);
    }
  }
}

/// Copies a token's channels from float32.
INLINE void unpack_token(const weft_heads *heads, const uint32_t *words, char *token) {
  uint16_t *halves = (uint16_t *)token;
  if (heads->element == WEFT_ELEMENT_F32) {
    memcpy(token, words, 4 * heads->channels);
  } else {
    for (size_t i = 0; i < heads->channels; i++) halves[i] = weft_bf16_of(words[i]);
  }
}

/// Unpacks at most LANES columns of sums [width][stride], each times its factor.
static void unpack_sums(
    const weft_heads *heads, const float *sums, size_t width, size_t stride, lanes factors,
    uint32_t *rows, char *target, size_t count) {
  size_t bytes = heads->strides.target * weft_element_size(heads->element);
  size_t words = (width + LANES - 1) / LANES * LANES;
  for (size_t first = 0; first < width; first += LANES) {
    lanes square[LANES];
    for (size_t i = 0; i < LANES; i++) {
      square[i] = first + i < width ? load(sums + (first + i) * stride) * factors : splat(0);
    }
    transpose(square);
    for (size_t i = 0; i < LANES; i++) store(rows + i * words + first, square[i]);
  }
  for (size_t i = 0; i < count; i++) unpack_token(heads, rows + i * words, target + i * bytes);
}
