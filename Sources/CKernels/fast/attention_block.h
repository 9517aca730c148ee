// A block of queries: packs them, lets the keys pass by in blocks, and unpacks the sums.

/// The vectors of queries of the strip that begins with this one; the last of a block may be narrower.
static size_t strip_width(const weft_attention_buffers *b, size_t first) {
  size_t left = (b->queries - first) / LANES;
  return left < STRIP ? left : STRIP;
}

static void pack_block(
    const weft_heads *heads, const weft_query_block *block, const weft_attention_buffers *b,
    uint32_t *scratch) {
  float *floats = (float *)scratch;
  size_t bytes = heads->strides.query * weft_element_size(heads->element);
  memset(scratch + b->sums, 0, 4 * b->queries * b->width);
  for (size_t q = 0; q < b->queries; q += LANES) {
    size_t strip = q / (STRIP * LANES) * (STRIP * LANES);
    size_t count = q < block->count ? block->count - q : 0;
    pack_queries(
      heads, block->query + (block->first + q) * bytes, count, b->depth, scratch + b->rows,
      scratch + b->query + strip * b->depth + q - strip, strip_width(b, strip) * LANES,
      floats + b->flaws + q);
    store(floats + b->maxima + q, splat(-0x1p126f));  // below all exponents
    store(floats + b->totals + q, splat(0));
  }
}

static void unpack_block(
    const weft_heads *heads, const weft_query_block *block, const weft_attention_buffers *b,
    uint32_t *scratch, float flaw) {
  float *floats = (float *)scratch;
  size_t bytes = heads->strides.target * weft_element_size(heads->element);
  for (size_t q = 0; q < block->count; q += LANES) {
    size_t strip = q / (STRIP * LANES) * (STRIP * LANES);
    size_t count = block->count - q < LANES ? block->count - q : LANES;
    lanes factors = splat(1) / load(floats + b->totals + q);
    factors += load(floats + b->flaws + q) + splat(flaw);
    unpack_sums(
      heads, floats + b->sums + strip * b->width + q - strip, b->width,
      strip_width(b, strip) * LANES, factors, scratch + b->rows,
      block->target + (block->first + q) * bytes, count);
  }
}

/// The strip that begins with this query of the block.
static strip strip_of(
    const weft_query_block *block, const weft_attention_buffers *b, const terms *t,
    const key_block *keys, size_t query, uint32_t *scratch) {
  float *floats = (float *)scratch;
  size_t first = block->first + query, width = strip_width(b, query);
  size_t end = first + width * LANES, seen = keys->count;
  if (t->heads->is_causal && end < keys->first + seen) {
    seen = end < keys->first ? 0 : (end - keys->first + TILE - 1) / TILE * TILE;
  }
  return (strip){
    .first = first,
    .width = width,
    .seen = seen,
    .query = scratch + b->query + query * b->depth,
    .sums = floats + b->sums + query * b->width,
    .maxima = floats + b->maxima + query,
    .totals = floats + b->totals + query,
    .highest = floats + b->highest + query,
    .scores = floats + b->scores[query / (STRIP * LANES) % 2],
  };
}

/// Lets a block of keys pass by all strips. Weights are made one strip later than scores, whose maxima are known by then.
static void attend_keys(
    const weft_query_block *block, const weft_attention_buffers *b, const terms *t,
    const key_block *keys, uint32_t *scratch) {
  strip before = {0};
  for (size_t q = 0; q < b->queries; q += STRIP * LANES) {
    strip s = strip_of(block, b, t, keys, q, scratch);
    for (size_t w = 0; w < s.width; w++) store(s.highest + w * LANES, splat(UNSEEN));
    bool is_paired = WEIGHS_BETWEEN && before.width == s.width && b->depth >= TILE / PAIR * s.width;
    if (!is_paired) { OF_WIDTH(&before, weigh_strip(&before, t, width)) }
    OF_WIDTH(&s, score_strip(&s, is_paired ? &before : NULL, t, keys, width))
    raise_maxima(&s, t);
    OF_WIDTH(&before, add_values(&before, t, keys, width))
    before = s;
  }
  OF_WIDTH(&before, weigh_strip(&before, t, width))
  OF_WIDTH(&before, add_values(&before, t, keys, width))
}

void ATTEND_BLOCK(const weft_heads *heads, const weft_query_block *block, void *memory) {
  const weft_attention_shape shape = {LANES, STRIP, TILE, CHANNELS, PAIR};
  const weft_attention_buffers b = weft_attention_buffers_of(&shape, heads);
  const size_t size = weft_element_size(heads->element);
  uint32_t *scratch = memory;
  size_t seen = heads->is_causal ? block->first + block->count : heads->keys;
  if (seen > heads->keys) seen = heads->keys;
  terms t = {
    .heads = heads,
    .depth = b.depth,
    .channels = b.width,
    .factor = heads->scale * (float)M_LOG2E * UNIT,
    .weights = scratch + b.weights,
  };
  float flaw = 0;
  pack_block(heads, block, &b, scratch);
  for (size_t first = 0; first < seen; first += WEFT_KEYS) {
    size_t count = seen - first < WEFT_KEYS ? seen - first : WEFT_KEYS;
    size_t padded = (count + TILE - 1) / TILE * TILE;
    key_block keys = {scratch + b.key, scratch + b.value, first, padded};
    flaw += pack_keys(
      heads, block->key + first * heads->strides.key * size, count, padded, b.depth,
      scratch + b.key);
    pack_values(
      heads, block->value + first * heads->strides.value * size, count, padded, b.width,
      scratch + b.rows, scratch + b.value);
    attend_keys(block, &b, &t, &keys, scratch);
  }
  unpack_block(heads, block, &b, scratch, flaw);
}
