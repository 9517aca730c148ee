extension Checkpoint {
  /// A model that is put together of others' tensors; its files are those of all of them.
  ///
  /// It has no metadata, since what theirs says need not be true of it.
  /// - Parameters:
  ///   - path: what errors and reports name.
  ///   - format: the container that it is taken for.
  ///   - parents: the models that the tensors are from.
  ///   - tensors: its tensors under their new names.
  package init(path: String, format: ContainerFormat, of parents: [Checkpoint], tensors: [Tensor]) {
    self.init(
      path: path, format: format, files: parents.flatMap(\.files),
      fingerprints: parents.flatMap(\.fingerprints), tensors: tensors, metadata: [:],
      notes: parents.flatMap(\.notes), integrity: parents.flatMap(\.integrity),
      globals: parents.flatMap(\.globals))
  }
}
