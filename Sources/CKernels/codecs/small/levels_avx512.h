// The nearest of the sixteen levels of IQ4_NL for sixteen values.
//
// Values are sorted into cells of nine units, so narrow that none holds more than one of the middles between levels:
// one comparison with the middle that a table has for the cell decides.
#ifndef WEFT_LEVELS_AVX512_H
#define WEFT_LEVELS_AVX512_H

#include "iq4.h"
#include "lanes.h"

/// For each of 32 cells: the middle that may lie in it, and the levels and their indices below and above that.
typedef struct levels { lanes_f middle[2], below[2], above[2]; lanes_i index[2]; } levels;

#define LEVELS_CELL_WIDTH 9.0f

/// Cell i holds the values that are nearest to (i - 16) times the width, more or less one rounding.
static inline levels levels_make(void) {
  float middle[32], below[32], above[32];
  int32_t index[32];
  for (int cell = 0; cell < 32; cell++) {
    float start = ((float)cell - 16.51f) * LEVELS_CELL_WIDTH;
    int i = 0;
    while (i < 14 && weft_iq4_middles[i] < start) i++;
    index[cell] = i;
    middle[cell] = weft_iq4_middles[i];
    below[cell] = weft_iq4_levels[i];
    above[cell] = weft_iq4_levels[i + 1];
  }
  levels made;
  memcpy(&made.middle, middle, sizeof middle);
  memcpy(&made.below, below, sizeof below);
  memcpy(&made.above, above, sizeof above);
  memcpy(&made.index, index, sizeof index);
  return made;
}

/// The cell of x * inverse in the lowest five bits; the others are not looked at.
///
/// Where cells meet, either will do: the product need not be rounded as the value that is compared is.
WEFT_INLINE __m512i levels_cell(lanes_f x, lanes_f inverse) {
  lanes_f cells = inverse * (1 / LEVELS_CELL_WIDTH);
  return _mm512_castps_si512(_mm512_fmadd_ps(x, cells, _mm512_set1_ps(0x1.8p23f + 16)));
}

/// The level nearest to x * inverse, which is from -135 to 135.
WEFT_INLINE lanes_f levels_nearest(const levels *table, lanes_f x, lanes_f inverse) {
  __m512i cell = levels_cell(x, inverse);
  lanes_f middle = _mm512_permutex2var_ps(table->middle[0], cell, table->middle[1]);
  lanes_f below = _mm512_permutex2var_ps(table->below[0], cell, table->below[1]);
  lanes_f above = _mm512_permutex2var_ps(table->above[0], cell, table->above[1]);
  return x * inverse < middle ? below : above;
}

/// The index of the nearest level of any values; NaN gives the last.
WEFT_INLINE lanes_u levels_index(const levels *table, lanes_f value) {
  lanes_f low = value < 128 ? value : 128;
  lanes_f inside = low > -128 ? low : -128;
  __m512i cell = levels_cell(inside, 1);
  lanes_f middle = _mm512_permutex2var_ps(table->middle[0], cell, table->middle[1]);
  lanes_i index = (lanes_i)_mm512_permutex2var_epi32(
    (__m512i)table->index[0], cell, (__m512i)table->index[1]);
  return __builtin_convertvector(index + 1 + (inside < middle), lanes_u);
}

#endif
