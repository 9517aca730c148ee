// What `decoders.h` needs, where there are instructions for it.

WEFT_LANES float half_of_bits(uint16_t half) { return _cvtsh_ss(half); }

WEFT_LANES signed16 look_up(bytes16 codes, signed16 table) {
  return (signed16)_mm_shuffle_epi8((__m128i)table, (__m128i)codes);
}
