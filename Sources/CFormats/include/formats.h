#ifndef WEFT_FORMATS_H
#define WEFT_FORMATS_H

#include <stddef.h>

/// A file of formats/, compiled in.
typedef struct {
  /// The path below formats/, such as "architectures/sd15.json".
  const char *_Nonnull path;
  const unsigned char *_Nonnull bytes;
  size_t count;
} weft_format_file;

/// The embedded files; sets `count` to their number.
const weft_format_file *_Nonnull weft_format_files(size_t *_Nonnull count);

#endif
