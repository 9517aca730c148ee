// The part of SHA-256 that processors have instructions for.
#ifndef WEFT_SHA256_H
#define WEFT_SHA256_H

#include "CKernels.h"

/// The constants of the 64 rounds.
extern const uint32_t weft_sha256_constants[64];

/// Takes whole blocks of 64 bytes into one hash, and others into another.
void weft_sha256_scalar(
  weft_sha256 *one, const uint8_t *data, size_t blocks, weft_sha256 *other,
  const uint8_t *other_data, size_t other_blocks);

#if defined(__x86_64__)
/// The same with the SHA extensions, both hashes at a time.
void weft_sha256_ni(
  weft_sha256 *one, const uint8_t *data, size_t blocks, weft_sha256 *other,
  const uint8_t *other_data, size_t other_blocks);
#endif

#endif
