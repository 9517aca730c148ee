package import WeftFormats
package import WeftKernels
package import WeftNetworks
package import WeftTransform

/// The proof that a model's networks compute what they must, on top of the proof of its weights.
package enum ForwardProof {
  /// Runs the networks of a candidate and a reference, unless the weights' proof has found that they cannot be run.
  ///
  /// - Parameters:
  ///   - weights: what is known of the tensors.
  ///   - candidate: the model that is in question.
  ///   - reference: the model that it should compute like.
  ///   - library: what is known of models.
  ///   - backend: what computes both.
  ///   - reader: reads the weights.
  ///   - options: how they are compared.
  ///   - progress: is told which network comes next, and how many bytes of weights both have of it.
  /// - Returns: both proofs as one.
  /// - Throws: when a network of the reference cannot be run.
  package static func prove(
    _ weights: Proof, candidate: BaseModel, reference: AdaptedModel, library: FormatLibrary,
    backend: any Backend, reader: ValueReader, options: ForwardProver.Options,
    progress: (ComponentKind, Int) throws -> Void
  ) throws -> Proof {
    guard candidate.recognition.missing.isEmpty, candidate.recognition.mismatches.isEmpty else {
      return weights.withoutForward
    }
    let report = try ForwardProver(
      AdaptedModel(candidate), reference: reference, library: library, backend: backend,
      reader: reader, options: options
    ).prove(progress: progress)
    let precision = PrecisionCheck.check(candidate, library: library)
    return weights.adding(report, precision.map { [$0] } ?? [])
  }
}
