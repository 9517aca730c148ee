/// The number of the rules by which outputs are computed.
package enum NumericRevision {
  /// Raised whenever the same inputs and options may give other bytes than before: pipelines make everything again then.
  package static let current = 1
}
