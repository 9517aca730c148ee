// The nearest of the sixteen levels of IQ4_NL for eight values: a binary search among the middles between levels.
#ifndef WEFT_LEVELS_AVX2_H
#define WEFT_LEVELS_AVX2_H

#include "iq4.h"
#include "lanes.h"

/// Tables for the last two questions and for the answer; `-k & 7` is the entry of those who said yes k times, counted in
/// binary.
typedef struct levels { lanes_f third, fourth, even, odd; } levels;

static inline levels levels_make(void) {
  levels made = {0};
  for (int i = 0; i < 8; i++) {
    int entry = -i & 7;
    made.fourth[entry] = weft_iq4_middles[2 * i];
    made.even[entry] = weft_iq4_levels[2 * i];
    made.odd[entry] = weft_iq4_levels[2 * i + 1];
    if (i < 4) made.third[entry] = weft_iq4_middles[4 * i + 1];
  }
  return made;
}

/// How far the search came: minus twice the index of the pair of levels, and -1 for the upper one of it.
typedef struct levels_place { lanes_i pair, upper; } levels_place;

WEFT_INLINE lanes_f levels_look(lanes_f table, lanes_i place) {
  return _mm256_permutevar8x32_ps(table, (__m256i)place);
}

WEFT_INLINE levels_place levels_search(const levels *table, lanes_f value) {
  lanes_i first = ~(value < weft_iq4_middles[7]);
  lanes_f second_middle = first ? (lanes_f)weft_iq4_middles[11] : (lanes_f)weft_iq4_middles[3];
  lanes_i place = first + first + ~(value < second_middle);
  place = place + place + ~(value < levels_look(table->third, place));
  return (levels_place){place, ~(value < levels_look(table->fourth, place))};
}

/// The level nearest to x * inverse.
WEFT_INLINE lanes_f levels_nearest(const levels *table, lanes_f x, lanes_f inverse) {
  levels_place place = levels_search(table, x * inverse);
  return place.upper ? levels_look(table->odd, place.pair) : levels_look(table->even, place.pair);
}

/// The index of the nearest level; NaN gives the last.
WEFT_INLINE lanes_u levels_index(const levels *table, lanes_f value) {
  levels_place place = levels_search(table, value);
  return __builtin_convertvector(-(place.pair + place.pair + place.upper), lanes_u);
}

#endif
