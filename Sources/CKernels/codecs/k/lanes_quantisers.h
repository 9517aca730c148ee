// What quantisers.h promises of an instruction set, under the names that its file gives.

void NAMED(q2k)(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_affine(&weft_q2k_form, rows, first, blocks);
}

void NAMED(q3k)(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_symmetric(&weft_q3k_form, rows, first, blocks);
}

void NAMED(q4k)(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_affine(&weft_q4k_form, rows, first, blocks);
}

void NAMED(q5k)(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_affine(&weft_q5k_form, rows, first, blocks);
}

void NAMED(q6k)(const weft_k_rows *rows, size_t first, weft_k_block *blocks) {
  quantise_symmetric(&weft_q6k_form, rows, first, blocks);
}
