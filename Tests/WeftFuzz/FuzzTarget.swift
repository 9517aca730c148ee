package import WeftFiles

/// A format whose reader is fed with damaged files.
package protocol FuzzTarget: Sendable {
  /// The name on the command line.
  var name: String { get }
  /// Small valid files.
  func seeds() throws -> [[UInt8]]
  /// Changes a file as one who knows the format would; leaves one that it cannot make sense of.
  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom)
  /// Compares what the reader said of a file with what else is known of the format.
  ///
  /// - Throws: `Finding` when the two disagree.
  func check(_ bytes: [UInt8], _ result: Result<Checkpoint, any Error>) throws
  /// Reads a file that is no model, and gives the kind of answer; nil where files are models.
  func read(_ path: String, into hasher: inout Hasher) throws -> String?
}

extension FuzzTarget {
  /// Nothing else is known.
  package func check(_ bytes: [UInt8], _ result: Result<Checkpoint, any Error>) throws {}
  /// Files are models.
  package func read(_ path: String, into hasher: inout Hasher) throws -> String? { nil }
}

/// The formats that are fed with damaged files.
package enum FuzzTargets {
  /// All of them.
  package static let all: [any FuzzTarget] = [
    SafetensorsTarget(), PickleTarget(), ZipTarget(), ZstdTarget(), GGUFTarget(), WzTarget(),
    PNGTarget(), JPEGTarget(), PipelineTarget(),
  ]

  /// The target of a name, or nil.
  package static func named(_ name: String) -> (any FuzzTarget)? {
    all.first { $0.name == name }
  }
}

/// Something that a reader must not do.
package struct Finding: Error, CustomStringConvertible {
  /// What it did.
  package let description: String

  /// Describes what a reader did.
  package init(_ description: String) { self.description = description }
}
