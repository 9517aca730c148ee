// Types of one byte or half a byte an element, whose scales, if any, are kept beside them. The functions check
// nothing: callers pass sizes that fit, and less than 2^31 elements at a time.
//
// The scalar functions define the results, bit for bit; the others are faster. Arithmetic is IEEE binary32, each
// operation rounded once. Excepted is the sign of a NaN that arithmetic makes of values that are none, which is the
// processor's.
#ifndef WEFT_SCALED_H
#define WEFT_SCALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The types of a byte.
///
/// The names of the floats count the bits of exponent and fraction: `FN` have no infinity, `UZ` no negative zero.
/// E8M0 is a power of two. I8 is -127 to 127.
/// Source: https://github.com/pytorch/pytorch/tree/v2.9.0/c10/util (Float8_*.h)
typedef enum weft_byte_code {
  WEFT_F8_E4M3FN, WEFT_F8_E5M2, WEFT_F8_E4M3FNUZ, WEFT_F8_E5M2FNUZ, WEFT_F8_E8M0, WEFT_I8, WEFT_BYTE_CODE_COUNT
} weft_byte_code;

/// The types of half a byte.
///
/// E2M1 is a float without NaN and infinity. The two of bitsandbytes are places in a list of values.
/// Source: https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.50.2/bitsandbytes/functional.py
typedef enum weft_nibble_code { WEFT_F4_E2M1, WEFT_BNB_NF4, WEFT_BNB_FP4, WEFT_NIBBLE_CODE_COUNT } weft_nibble_code;

/// What happens to a value before it is rounded.
typedef enum weft_scaling {
  WEFT_AS_IT_IS,
  WEFT_TIMES_SCALE,
  WEFT_OVER_SCALE  // the whole group becomes zero where the scale is zero
} weft_scaling;

/// Groups of consecutive elements that share a scale: blocks, rows, or all.
typedef struct weft_groups {
  size_t length;        // elements a group, at least one
  size_t offset;        // how many elements of the first group lie before the slice, less than `length`
  const float *scales;  // one for each group that the slice touches
} weft_groups;

/// How values are written.
typedef struct weft_writing {
  weft_scaling scaling;
  weft_groups groups;  // without meaning where values are written as they are
  /// Values too large, infinite ones among them, become the greatest finite value instead of infinity or NaN. The
  /// types that have neither, I8 and those of half a byte, always saturate.
  bool saturates;
} weft_writing;

/// The functions of one instruction set.
///
/// The tally counts as overflowed also the finite values that saturation changed by more than rounding does. NaN
/// becomes NaN, or in types without it zero (I8) or the code that the functions below name.
typedef struct weft_scaled_kernels {
  /// Writes values as bytes; E8M0 ignores signs.
  void (*encode)(
    weft_byte_code code, const float *values, size_t count, const weft_writing *writing,
    uint8_t *bytes, weft_tally *tally);

  /// Writes the values of bytes, times the scales; `groups` is NULL where there are none.
  void (*decode)(
    weft_byte_code code, const uint8_t *bytes, size_t count, const weft_groups *groups,
    float *values);

  /// Writes values as halves of bytes; where `count` is odd the last half is the code of zero.
  ///
  /// NaN becomes the greatest value. `high_first` says that the high half holds the even element.
  void (*encode_nibbles)(
    weft_nibble_code code, const float *values, size_t count, const weft_writing *writing,
    bool high_first, uint8_t *bytes, weft_tally *tally);

  /// Writes the values of halves of bytes as a list has them, times the scales; `groups` is NULL where there are
  /// none.
  void (*decode_nibbles)(
    const float book[16], const uint8_t *bytes, size_t count, const weft_groups *groups,
    bool high_first, float *values);

  /// Raises `largest`, one for each group that the slice touches, to the largest magnitude of the group's elements.
  ///
  /// The type is f16, bf16 or f32. One NaN makes NaN of its group. The scales of `groups` are not read.
  void (*raise_largest)(
    const void *values, weft_float type, size_t count, const weft_groups *groups, float *largest);
} weft_scaled_kernels;

/// The functions of an instruction set; the definitions where there is nothing faster.
const weft_scaled_kernels *weft_scaled_kernels_of(weft_isa isa);

/// The greatest finite value of a type.
float weft_greatest_of_byte(weft_byte_code code);

/// The values of a type's sixteen codes.
const float *weft_nibble_book(weft_nibble_code code);

/// Writes largest / greatest, but not less than `least`; NaN stays.
void weft_linear_scales(
  const float *largest, size_t count, float greatest, float least, float *scales);

/// Writes 1 / scale * numerator, where scales less than `least` count as that; NaN stays.
void weft_inverse_scales(
  const float *scales, size_t count, float numerator, float least, float *inverses);

/// How a power of two is found for a block.
typedef enum weft_power_rule {
  /// The power of the largest magnitude over that of the greatest value, as OCP's specification and torchao have it.
  /// Source: https://github.com/pytorch/ao/blob/v0.14.1/torchao/prototype/mx_formats/mx_tensor.py (to_mx, FLOOR)
  WEFT_POWER_FLOOR,
  /// The least power at which nothing overflows. A block of zeros has code 0 and is given the scale 0, so that
  /// dividing by it makes positive zeros.
  /// Source: https://pypi.org/project/comfy-kitchen/0.2.40, backends/eager/quantization.py (quantize_mxfp8)
  WEFT_POWER_CEILING
} weft_power_rule;

/// Writes the E8M0 codes of blocks, for elements of a type of which the greatest value is given, and the scales that
/// the codes stand for.
void weft_power_scales(
  weft_power_rule rule, const float *largest, size_t count, float greatest, uint8_t *codes,
  float *scales);

/// Writes the E4M3FN codes of the scales of NVFP4 blocks, and the scales themselves times the tensor's.
///
/// Source: https://pypi.org/project/comfy-kitchen/0.2.40, backends/eager/quantization.py (quantize_nvfp4)
void weft_nvfp4_scales(
  const float *largest, size_t count, float tensor_scale, uint8_t *codes, float *scales);

/// Multiplies groups of `length` consecutive elements, a power of four up to 4096, by the regular Hadamard matrix of
/// that size, which is its own inverse: sums in float64, one rounding.
///
/// The matrix is the Kronecker power of [1 1 1 -1; 1 1 -1 1; 1 -1 1 1; -1 1 1 1] over the root of the size.
/// Source: https://pypi.org/project/comfy-kitchen/0.2.40, tensor/int8_utils.py
void weft_rotate_groups(float *values, size_t group_count, size_t length);

/// Writes for each value the place of the nearest one in an ascending list of 256; ties go to the lower place.
void weft_nearest_of_256(const float book[256], const float *values, size_t count, uint8_t *places);

#endif
