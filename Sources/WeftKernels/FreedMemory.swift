import CKernels

/// What becomes of memory that is no longer used.
package enum FreedMemory {
  /// Keeps freed blocks of some megabytes for the next use.
  ///
  /// A fuse frees and asks for the same few megabytes for each module, and the first touch of memory that the system has
  /// taken back is dear.
  package static func keep() { weft_keep_freed_memory() }

  /// Gives freed blocks of 64 KiB and more back at once.
  ///
  /// Work that asks for large blocks of ever other sizes, such as matrices, would otherwise leave gaps between them that
  /// nothing fits into: gigabytes in a few minutes.
  package static func giveBack() { weft_return_freed_memory() }
}
