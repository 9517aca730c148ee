// The nearest of the sixteen levels of IQ4_NL for eight values: a binary search among the middles between levels.
#ifndef WEFT_LEVELS_AVX2_H
#define WEFT_LEVELS_AVX2_H

#include "iq4.h"
#include "lanes.h"

/// The middles of the last two questions and the answers; entry -k & 7 is for those of which the answers so far, read as
/// binary digits, are k.
static const lanes_f levels_third = {-93.5f, 0, 0, 0, 0, 79, 19, -28.5f};
static const lanes_f levels_fourth = {-115.5f, 101, 61, 31.5f, 7, -16, -42, -74};
static const lanes_f levels_even = {-127, 89, 53, 25, 1, -22, -49, -83};
static const lanes_f levels_odd = {-104, 113, 69, 38, 13, -10, -35, -65};

WEFT_INLINE lanes_f levels_look(lanes_f table, lanes_i place) {
  return _mm256_permutevar8x32_ps(table, (__m256i)place);
}

/// The answers: minus the index of a pair of levels, and -1 for the upper one of it.
typedef struct levels_place { lanes_i pair, upper; } levels_place;

WEFT_INLINE levels_place levels_search(lanes_f value) {
  lanes_i first = ~(value < weft_iq4_middles[7]);
  lanes_f second_middle = first ? (lanes_f)weft_iq4_middles[11] : (lanes_f)weft_iq4_middles[3];
  lanes_i place = first + first + ~(value < second_middle);
  place = place + place + ~(value < levels_look(levels_third, place));
  return (levels_place){place, ~(value < levels_look(levels_fourth, place))};
}

/// The level nearest to x * inverse.
WEFT_INLINE lanes_f levels_nearest(lanes_f x, lanes_f inverse) {
  levels_place place = levels_search(x * inverse);
  lanes_f even = levels_look(levels_even, place.pair), odd = levels_look(levels_odd, place.pair);
  return place.upper ? odd : even;
}

/// The index of the nearest level; NaN gives the last.
WEFT_INLINE lanes_u levels_index(lanes_f value) {
  levels_place place = levels_search(value);
  return __builtin_convertvector(-(place.pair + place.pair + place.upper), lanes_u);
}

#endif
