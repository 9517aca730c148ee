// Medians in tensors with 3 x 3 taps: all nine of a plane come from one walk through the same 81 values in order.

/// The values of three planes, one of each row, with their places in the plane, in ascending order.
typedef struct sorted_planes {
  size_t column;
  double values[27];
  uint8_t places[27];
} sorted_planes;

/// Sorts by insertion.
static void sort_planes(const double *const rows[3], size_t column, sorted_planes *sorted) {
  sorted->column = column;
  for (size_t i = 0; i < 27; i++) {
    double value = rows[i / 9][column * 9 + i % 9];
    size_t place = i;
    for (; place > 0 && sorted->values[place - 1] > value; place--) {
      sorted->values[place] = sorted->values[place - 1];
      sorted->places[place] = sorted->places[place - 1];
    }
    sorted->values[place] = value;
    sorted->places[place] = (uint8_t)(i % 9);
  }
}

/// How often a value of each place is a neighbour of each place, in nine fields of seven bits.
///
/// Along a dimension of three, mirrored at its ends, the first has itself twice and the second once, the middle one has
/// all three.
static void neighbour_counts(uint64_t counts[9]) {
  static const uint8_t line[3][3] = {{2, 1, 0}, {1, 1, 1}, {0, 1, 2}};
  for (size_t from = 0; from < 9; from++) {
    counts[from] = 0;
    for (size_t to = 0; to < 9; to++) {
      uint64_t count = line[to / 3][from / 3] * line[to % 3][from % 3];
      counts[from] |= count << (7 * to);
    }
  }
}

/// Walks through three sorted lists; where the count of a place's neighbours reaches 41 of 81, its median is found.
static void walk(
    const sorted_planes *const lists[3], const uint64_t counts[9], double *medians) {
  const uint64_t ones = 0x0102040810204081u;  // bit 0 of each field
  uint64_t total = ones * (64 - 41), found = 0;
  size_t at[3] = {0, 0, 0};
  for (size_t step = 0; step < 81 && found != ones << 6; step++) {
    size_t next = 3;
    for (size_t k = 0; k < 3; k++) {
      if (at[k] == 27) continue;
      if (next == 3 || lists[k]->values[at[k]] < lists[next]->values[at[next]]) next = k;
    }
    double value = lists[next]->values[at[next]];
    total += counts[lists[next]->places[at[next]++]];
    for (uint64_t fresh = total & (ones << 6) & ~found; fresh != 0; fresh &= fresh - 1) {
      medians[__builtin_ctzll(fresh) / 7] = value;
    }
    found = total & (ones << 6);
  }
}

/// The medians of one row; of the three rows around it, each column is sorted once.
static void median_of_3x3(const double *const rows[3], weft_span columns, double *target) {
  uint64_t counts[9];
  neighbour_counts(counts);
  sorted_planes sorted[4];
  for (size_t k = 0; k < 4; k++) sorted[k].column = SIZE_MAX;
  for (size_t x = 0; x < columns.wanted; x++) {
    const sorted_planes *lists[3];
    for (size_t k = 0; k < 3; k++) {
      size_t column = neighbour(columns, x, (ptrdiff_t)k - 1);
      sorted_planes *list = &sorted[column % 4];
      if (list->column != column) sort_planes(rows, column, list);
      lists[k] = list;
    }
    walk(lists, counts, target + x * 9);
  }
}
