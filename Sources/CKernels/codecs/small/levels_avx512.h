// The nearest of the sixteen levels of IQ4_NL for sixteen values.
//
// Values are sorted into cells of nine units, so narrow that none holds more than one of the middles between levels:
// one comparison with the middle that a table has for the cell decides. Cell i holds values around 9 * (i - 16).
#ifndef WEFT_LEVELS_AVX512_H
#define WEFT_LEVELS_AVX512_H

#include "iq4.h"
#include "lanes.h"

/// The middle that may lie in a cell.
static const lanes_f levels_middle[2] = {
  {-115.5f, -115.5f, -115.5f, -115.5f, -93.5f, -93.5f, -93.5f, -74,
   -74, -57, -57, -42, -28.5f, -28.5f, -16, -4.5f},
  {-4.5f, 7, 19, 31.5f, 31.5f, 45.5f, 61, 61,
   79, 79, 101, 101, 101, 101, 101, 101}};

/// The levels below and above that middle.
static const lanes_f levels_below[2] = {
  {-127, -127, -127, -127, -104, -104, -104, -83,
   -83, -65, -65, -49, -35, -35, -22, -10},
  {-10, 1, 13, 25, 25, 38, 53, 53,
   69, 69, 89, 89, 89, 89, 89, 89}};
static const lanes_f levels_above[2] = {
  {-104, -104, -104, -104, -83, -83, -83, -65,
   -65, -49, -49, -35, -22, -22, -10, 1},
  {1, 13, 25, 38, 38, 53, 69, 69,
   89, 89, 113, 113, 113, 113, 113, 113}};

/// The index of the level below.
static const lanes_i levels_below_index[2] = {
  {0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7},
  {7, 8, 9, 10, 10, 11, 12, 12, 13, 13, 14, 14, 14, 14, 14, 14}};

/// The cell of x * inverse in the lowest five bits; the others are not looked at.
///
/// Where cells meet, either will do: the product need not be rounded as the value that is compared is.
WEFT_INLINE __m512i levels_cell(lanes_f x, lanes_f inverse) {
  lanes_f cells = inverse * (1 / 9.0f);
  return _mm512_castps_si512(_mm512_fmadd_ps(x, cells, _mm512_set1_ps(0x1.8p23f + 16)));
}

/// The level nearest to x * inverse, which is from -135 to 135.
WEFT_INLINE lanes_f levels_nearest(lanes_f x, lanes_f inverse) {
  __m512i cell = levels_cell(x, inverse);
  lanes_f middle = _mm512_permutex2var_ps(levels_middle[0], cell, levels_middle[1]);
  lanes_f below = _mm512_permutex2var_ps(levels_below[0], cell, levels_below[1]);
  lanes_f above = _mm512_permutex2var_ps(levels_above[0], cell, levels_above[1]);
  return x * inverse < middle ? below : above;
}

/// The index of the nearest level of any values; NaN gives the last.
WEFT_INLINE lanes_u levels_index(lanes_f value) {
  lanes_f low = value < 128 ? value : 128;
  lanes_f inside = low > -128 ? low : -128;
  __m512i cell = levels_cell(inside, 1);
  lanes_f middle = _mm512_permutex2var_ps(levels_middle[0], cell, levels_middle[1]);
  lanes_i below = (lanes_i)_mm512_permutex2var_epi32(
    (__m512i)levels_below_index[0], cell, (__m512i)levels_below_index[1]);
  return __builtin_convertvector(below + 1 + (inside < middle), lanes_u);
}

#endif
