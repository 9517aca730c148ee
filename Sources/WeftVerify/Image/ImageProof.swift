package import WeftFormats
package import WeftInference
package import WeftKernels
package import WeftNetworks
package import WeftTransform

/// The proof that a model makes the pictures that it must, on top of the proof of its weights.
package enum ImageProof {
  /// Makes pictures with a candidate and a reference, unless the weights' proof has found that the candidate cannot.
  ///
  /// - Parameters:
  ///   - weights: what is known of the tensors.
  ///   - candidate: the model that is in question.
  ///   - reference: the model whose pictures it should make.
  ///   - library: what is known of models.
  ///   - backend: what computes both.
  ///   - reader: reads the weights.
  ///   - options: how pictures are made and compared.
  ///   - events: hears of what happens.
  /// - Returns: both proofs as one.
  /// - Throws: when the reference makes no pictures.
  package static func prove(
    _ weights: Proof, candidate: BaseModel, reference: AdaptedModel, library: FormatLibrary,
    backend: @escaping @Sendable (ComponentModel) throws -> any Backend, reader: ValueReader,
    options: ImageProver.Options, events: @escaping (PictureEvent) throws -> Void
  ) throws -> Proof {
    guard candidate.recognition.missing.isEmpty, candidate.recognition.mismatches.isEmpty else {
      return weights.withoutImage
    }
    let report = try ImageProver(
      AdaptedModel(candidate), reference: reference, library: library, backend: backend,
      reader: reader, options: options
    ).prove(events: events)
    let precision = PrecisionCheck.check(candidate, library: library)
    return weights.adding(report, precision.map { [$0] } ?? [])
  }
}
