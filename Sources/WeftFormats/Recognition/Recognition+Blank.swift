extension Recognition {
  /// What is known of a complete model of an architecture whose tensors are given one by one.
  package static func complete(
    _ architecture: Architecture, tensors: [SchemaTensor]
  ) -> Recognition {
    var recognition = Recognition(kind: .checkpoint)
    recognition.architecture = architecture
    recognition.layout = "diffusers"
    recognition.bindings = tensors.map {
      .model([CanonicalSlice(name: $0.name, shape: $0.shape, step: .identity)])
    }
    return recognition
  }
}
