// Blocks of Q4_0, Q4_1, Q5_0 and Q5_1 with weights; see weft_weighted_block.
#ifndef WEFT_SCALAR_WEIGHTED_H
#define WEFT_SCALAR_WEIGHTED_H

void weft_weighted_q4_0(const float *x, const float *weights, float mean_square, void *block);
void weft_weighted_q4_1(const float *x, const float *weights, float mean_square, void *block);
void weft_weighted_q5_0(const float *x, const float *weights, float mean_square, void *block);
void weft_weighted_q5_1(const float *x, const float *weights, float mean_square, void *block);

#endif
