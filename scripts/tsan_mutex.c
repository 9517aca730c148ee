// Tells the thread sanitizer what it cannot see of Swift's Mutex: the kernel hands a contended one over (FUTEX_LOCK_PI),
// in a library that is not instrumented. Without this every contended Mutex is reported as a race.
// Source: https://github.com/swiftlang/swift/blob/swift-6.3-RELEASE/stdlib/public/Synchronization/Mutex/LinuxImpl.swift
// usage: preload it (see scripts/sanitize); in programs without the sanitizer it does nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"

typedef SWIFT void (*Lock)(uint32_t, SELF);
typedef SWIFT void (*Unlock)(SELF);
typedef SWIFT _Bool (*TryLock)(SELF);

SWIFT void lock_slow(uint32_t thread, SELF handle) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF handle) __asm__(UNLOCK_SLOW);
SWIFT _Bool try_lock_slow(SELF handle) __asm__(TRY_LOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF handle) {
  ((Lock)dlsym(RTLD_NEXT, LOCK_SLOW))(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slow(SELF handle) {
  if (__tsan_release) __tsan_release(handle);
  ((Unlock)dlsym(RTLD_NEXT, UNLOCK_SLOW))(handle);
}

SWIFT _Bool try_lock_slow(SELF handle) {
  _Bool is_locked = ((TryLock)dlsym(RTLD_NEXT, TRY_LOCK_SLOW))(handle);
  if (is_locked && __tsan_acquire) __tsan_acquire(handle);
  return is_locked;
}
