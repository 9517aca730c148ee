#define _GNU_SOURCE
#include "CSystem.h"

#include <fcntl.h>

int weft_start_writing(int descriptor, long long offset, long long count) {
  return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}
