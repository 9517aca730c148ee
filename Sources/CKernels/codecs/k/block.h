// What the K-quants have in common: blocks of 256 elements whose runs of 16 or 32 have scales of their own.
//
// A block is found as numbers first, by functions for each instruction set, and then packed into bytes by one function
// for all.
#ifndef WEFT_K_BLOCK_H
#define WEFT_K_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define WEFT_K_SIZE 256      // elements of a block
#define WEFT_K_MAX_RUNS 16   // runs of a block at most

/// The largest value, or scale, that counts as zero.
#define WEFT_K_EPSILON 1e-15f

/// A block as numbers.
///
/// An element is `unit * scale * level - unit_of_offset * offset` for Q2_K, Q4_K and Q5_K, and
/// `unit * scale * (level - half)` for Q3_K and Q6_K, where `half` is the middle of the levels.
typedef struct weft_k_block {
  uint8_t levels[WEFT_K_SIZE];
  int8_t scales[WEFT_K_MAX_RUNS];
  int8_t offsets[WEFT_K_MAX_RUNS];
  uint16_t unit, unit_of_offset;  // f16
} weft_k_block;

/// The inverse scales tried for a run with offsets: `(top + start + step * i) / span`, i from 0 to `last`.
typedef struct weft_ramp {
  float start, step;
  int last;
} weft_ramp;

/// The numbers of a type with scales and offsets.
typedef struct weft_affine_form {
  int run_size;
  float top;        // the highest level of an element
  float scale_top;  // the highest level of a scale or offset
  weft_ramp plain, weighted;
  float spread;       // importances are multiplied by sqrt(spread * mean of squares + x * x)
  _Bool is_absolute;  // without importances, errors are counted as they are and not squared
} weft_affine_form;

/// The numbers of a type with scales alone.
typedef struct weft_symmetric_form {
  float half;        // levels go from -half to half - 1
  float scale_half;  // and those of scales from -scale_half to scale_half - 1
  _Bool is_small;    // Q3_K: few levels, which without importances are refined one by one
} weft_symmetric_form;

#define WEFT_K_SYMMETRIC_RUN 16  // the elements of a run of these types

static const weft_affine_form weft_q2k_form = {
  16, 3, 15, {-0.5f, 0.1f, 15}, {-0.9f, 0.05f, 36}, 1, 1};
static const weft_affine_form weft_q4k_form = {
  32, 15, 63, {-1, 0.1f, 20}, {-0.9f, 0.05f, 36}, 2, 0};
static const weft_affine_form weft_q5k_form = {
  32, 31, 63, {-0.5f, 0.1f, 15}, {-0.9f, 0.05f, 36}, 2, 0};
static const weft_symmetric_form weft_q3k_form = {4, 32, 1};
static const weft_symmetric_form weft_q6k_form = {32, 128, 0};

/// Writes the bytes of a block.
typedef void (*weft_k_packer)(const weft_k_block *block, uint8_t *bytes);

void weft_pack_q2k(const weft_k_block *block, uint8_t *bytes);
void weft_pack_q3k(const weft_k_block *block, uint8_t *bytes);
void weft_pack_q4k(const weft_k_block *block, uint8_t *bytes);
void weft_pack_q5k(const weft_k_block *block, uint8_t *bytes);
void weft_pack_q6k(const weft_k_block *block, uint8_t *bytes);

/// The bytes of a block.
enum {
  WEFT_Q2K_BYTES = 84, WEFT_Q3K_BYTES = 110, WEFT_Q4K_BYTES = 144, WEFT_Q5K_BYTES = 176,
  WEFT_Q6K_BYTES = 210,
};

#endif
