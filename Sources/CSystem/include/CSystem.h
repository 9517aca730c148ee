#pragma once

/// Gives `from` the name `to` unless that is taken: 0, or -1 with errno.
int weft_rename_new(const char *from, const char *to);

/// Lets two names change places in one step: 0, or -1 with errno.
int weft_rename_exchange(const char *one, const char *other);

/// Lets the system start to write a range of a file to the disk, without waiting for it: 0, or -1 with errno.
int weft_start_writing(int descriptor, long long offset, long long count);

/// The bytes that are free for users on the file system of a path, or -1.
long long weft_free_bytes(const char *path);

/// Lets the system send SIGTERM to this process when its parent ends: 0, or -1 with errno.
int weft_terminate_with_parent(void);
