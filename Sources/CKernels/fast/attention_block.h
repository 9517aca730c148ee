// A block of queries: packs them, lets the keys pass by in blocks, and unpacks the sums.

/// A strip begins every WEFT_STRIP vectors of queries; the last of a block may be narrower.
static size_t strip_width(const weft_attention_buffers *b, size_t first) {
  size_t left = (b->queries - first) / LANES;
  return left < WEFT_STRIP ? left : WEFT_STRIP;
}

static void pack_block(
    const weft_heads *heads, const weft_query_block *block, const weft_attention_buffers *b,
    uint32_t *scratch) {
  float *floats = (float *)scratch;
  size_t bytes = heads->strides.query * weft_element_size(heads->element);
  memset(scratch + b->sums, 0, 4 * b->queries * b->width);
  for (size_t q = 0; q < b->queries; q += LANES) {
    size_t strip = q / (WEFT_STRIP * LANES) * (WEFT_STRIP * LANES);
    size_t count = q < block->count ? block->count - q : 0;
    pack_queries(
      heads, block->query + (block->first + q) * bytes, count, b->depth, scratch + b->rows,
      scratch + b->query + strip * b->depth + q - strip, strip_width(b, strip) * LANES,
      floats + b->flaws + q);
    store(floats + b->maxima + q, splat(-0x1p126f));
    store(floats + b->highest + q, splat(-0x1p126f));
    store(floats + b->totals + q, splat(0));
  }
}

static void unpack_block(
    const weft_heads *heads, const weft_query_block *block, const weft_attention_buffers *b,
    uint32_t *scratch, float flaw) {
  float *floats = (float *)scratch;
  size_t bytes = heads->strides.target * weft_element_size(heads->element);
  for (size_t q = 0; q < block->count; q += LANES) {
    size_t strip = q / (WEFT_STRIP * LANES) * (WEFT_STRIP * LANES);
    size_t count = block->count - q < LANES ? block->count - q : LANES;
    lanes factors = splat(1) / load(floats + b->totals + q) + load(floats + b->flaws + q) + splat(flaw);
    unpack_sums(
      heads, floats + b->sums + strip * b->width + q - strip, b->width,
      strip_width(b, strip) * LANES, factors, scratch + b->rows,
      block->target + (block->first + q) * bytes, count);
  }
}

/// Lets a block of keys pass by all strips.
static void attend_keys(
    const weft_query_block *block, const weft_attention_buffers *b,
    const terms *t, const key_block *keys, uint32_t *scratch) {
  float *floats = (float *)scratch;
  for (size_t q = 0; q < b->queries; q += WEFT_STRIP * LANES) {
    strip s = {
      .query = scratch + b->query + q * b->depth,
      .sums = floats + b->sums + q * b->width,
      .maxima = floats + b->maxima + q,
      .totals = floats + b->totals + q,
      .highest = floats + b->highest + q,
      .first = block->first + q,
    };
    size_t width = strip_width(b, q);
    if (width == 3) attend_strip(&s, t, keys, 3);
    if (width == 2) attend_strip(&s, t, keys, 2);
    if (width == 1) attend_strip(&s, t, keys, 1);
  }
}

void ATTEND_BLOCK(const weft_heads *heads, const weft_query_block *block, void *memory) {
  const weft_attention_shape shape = {LANES, TILE, CHANNELS, PAIR};
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
    .scores = (float *)scratch + b.scores,
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
