// Attention of a block of queries, for the instruction set of the file that includes this. That file has defined
//
// - ATTEND_BLOCK, the function's name;
// - the sizes of weft_attention_shape: LANES, STRIP, TILE and CHANNELS;
// - WEIGHS_BETWEEN, whether there are registers enough to make weights between products;
// - HIGHER, the greater of floats in one instruction, which may lose NaN;
// - RIFFLE_LOW and RIFFLE_HIGH, the lower and the upper halves of two vectors by turns;
// - LOAD_BYTES, less than a vector, zeros behind it;
// - PAIR, UNIT, BONUS, MULTIPLY_ADD and weigh, by including attention_weights_f32.h or attention_weights_bf16.h.
#include "attention_terms.h"

#include "attention_pack.h"

#include "attention_tiles.h"

#include "attention_scores.h"

#include "attention_maxima.h"

#include "attention_strip.h"

#include "attention_block.h"
