#include "CSystem.h"

#include <limits.h>
#include <sys/statvfs.h>

long long weft_free_bytes(const char *path) {
  struct statvfs status;
  if (statvfs(path, &status) != 0) return -1;
  unsigned long long free;
  if (__builtin_mul_overflow((unsigned long long)status.f_bavail,
                             (unsigned long long)status.f_frsize, &free) ||
      free > LLONG_MAX) {
    return -1;
  }
  return (long long)free;
}
