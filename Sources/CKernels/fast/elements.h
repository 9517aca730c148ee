// Loops over elements.
WEFT_INLINE void finish_as(
    weft_element element, weft_activation activation, const void *x, weft_rows rows,
    const weft_rows_epilogue *epilogue, void *target) {
  const float *addend = epilogue->column_addend;
  const void *residual = epilogue->residual;
  for (size_t r = 0; r < rows.rows; r++) {
    size_t row = r * rows.columns;
    EACH_VECTOR(rows.columns, {
      floats y = load(x, row + i, n, element);
      if (addend) y += load_floats(addend + i, n);
      y = activated(y, activation, element);
      if (residual) y += load(residual, row + i, n, element);
      store(target, row + i, n, y, element);
    })
  }
}

static void finish(
    const void *x, weft_rows rows, const weft_rows_epilogue *epilogue, void *target) {
  if (!epilogue->column_addend) {
    rows.columns *= rows.rows;
    rows.rows = 1;
  }
  WITH_ACTIVATION(rows.element, epilogue->activation, finish_as, x, rows, epilogue, target)
}

WEFT_INLINE void gate_as(
    weft_element element, weft_activation activation, const void *x, weft_rows rows,
    void *target) {
  for (size_t r = 0; r < rows.rows; r++) {
    size_t value = 2 * r * rows.columns, opening = value + rows.columns;
    EACH_VECTOR(rows.columns, {
      floats y = activated(load(x, opening + i, n, element), activation, element);
      store(target, r * rows.columns + i, n, load(x, value + i, n, element) * y, element);
    })
  }
}

static void gate(const void *x, weft_rows rows, weft_activation activation, void *target) {
  WITH_ACTIVATION(rows.element, activation, gate_as, x, rows, target)
}

WEFT_INLINE void add_as(
    weft_element element, const void *x, const void *y, float factor, size_t count,
    void *target) {
  EACH_VECTOR(count, {
    floats sum = load(x, i, n, element) + factor * load(y, i, n, element);
    store(target, i, n, sum, element);
  })
}

static void add(
    const void *x, const void *y, float factor, size_t count, weft_element element,
    void *target) {
  WITH_ELEMENT(element, add_as, x, y, factor, count, target);
}

WEFT_INLINE void scale_as(
    weft_element element, const void *x, float factor, size_t count, void *target) {
  EACH_VECTOR(count, store(target, i, n, factor * load(x, i, n, element), element);)
}

static void scale(
    const void *x, float factor, size_t count, weft_element element, void *target) {
  WITH_ELEMENT(element, scale_as, x, factor, count, target);
}

WEFT_INLINE void convert_as(
    weft_element from, weft_element to, const void *x, size_t count, void *target) {
  EACH_VECTOR(count, store(target, i, n, load(x, i, n, from), to);)
}

static void convert(
    const void *x, weft_element from, size_t count, weft_element to, void *target) {
  if (to == WEFT_ELEMENT_BF16) {
    WITH_ELEMENT(from, convert_as, WEFT_ELEMENT_BF16, x, count, target);
  } else {
    WITH_ELEMENT(from, convert_as, WEFT_ELEMENT_F32, x, count, target);
  }
}
