import CCrypto
import CZstd

/// The libraries that files are read and written with; the program does not start without them.
package enum FileLibraries {
  /// The version of libzstd, such as `1.5.4`.
  package static var zstd: String { String(cString: ZSTD_versionString()) }
  /// The version of libcrypto, such as `3.0.17`.
  package static var crypto: String { String(cString: OpenSSL_version(OPENSSL_VERSION_STRING)) }
}
