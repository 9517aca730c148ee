#pragma once

/// Gives `from` the name `to` unless that is taken: 0, or -1 with errno.
int weft_rename_new(const char *from, const char *to);

/// Lets two names change places in one step: 0, or -1 with errno.
int weft_rename_exchange(const char *one, const char *other);
