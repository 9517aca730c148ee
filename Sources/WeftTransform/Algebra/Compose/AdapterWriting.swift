import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

/// The last step of writing an adapter: tensors get their names, norms their other half, and the file appears.
struct AdapterWriting {
  let spelling: AdapterSpelling
  let architecture: Architecture
  /// The shapes of the model's tensors.
  let shapes: (CanonicalName) -> Shape?
  let options: RunOptions

  /// The roles of the tensors as they are written, with their numbers.
  func roleCounts(_ tensors: [ComposedTensor]) -> [String: Int] {
    (tensors + missingNorms(tensors)).reduce(into: [:]) {
      $0[$1.role, default: 0] += 1
    }
  }

  /// Throws unless the spelling has a name for every module.
  func requireNames(_ modules: [CanonicalModule]) throws {
    for module in modules { _ = try stem(of: module) }
  }

  /// Writes an adapter.
  ///
  /// - Parameters:
  ///   - tensors: what it consists of.
  ///   - path: where it appears.
  ///   - metadata: its key-value pairs.
  ///   - inputs: what is read, whose files must not be replaced.
  ///   - progress: is told how many more bytes were written.
  /// - Returns: what the run did.
  /// - Throws: for a role that has no name, and when reading or writing fails.
  func write(
    _ tensors: [ComposedTensor], to path: String, metadata: [String: String],
    inputs: [Checkpoint], progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> RunSummary {
    let planned = try (tensors + missingNorms(tensors)).compactMap(named)
    return try AdapterFile(tensors: planned, metadata: metadata, inputs: inputs).write(
      to: path, options: options, progress: progress)
  }

  private func named(_ tensor: ComposedTensor) throws -> PlannedTensor? {
    // Without an alpha the factors are taken as they are; scales are in them then.
    if tensor.role == "alpha", !spelling.hasAlpha { return nil }
    guard let suffix = spelling.suffix(of: tensor.role) ?? tensor.suffix else {
      throw TransformError.refused(
        "the naming \(spelling.id) has no place for the \(tensor.role) of \(tensor.module)",
        at: nil, advice: "choose --naming kohya, which has")
    }
    return try tensor.planned(try stem(of: tensor.module) + suffix)
  }

  private func stem(of module: CanonicalModule) throws -> String {
    guard let stem = try spelling.stem(of: module, in: architecture) else {
      throw TransformError.refused(
        "the naming \(spelling.id) has no name for \(module)", at: nil,
        advice: "leave the component out with --components")
    }
    return stem
  }

  /// Zeros for the halves of norms that do not change: some programs ask for both halves.
  private func missingNorms(_ tensors: [ComposedTensor]) -> [ComposedTensor] {
    let norms = tensors.filter { ["w_norm", "b_norm"].contains($0.role) }
    let known = Dictionary(grouping: norms, by: \.module)
    return norms.compactMap { norm in
      let (role, parameter) = norm.role == "w_norm" ? ("b_norm", "bias") : ("w_norm", "weight")
      guard known[norm.module]?.count == 1, let shape = shapes(norm.module.tensor(parameter))
      else { return nil }
      let count = shape.checkedElementCount ?? 0
      return ComposedTensor(
        module: norm.module, role: role, shape: shape, dtype: norm.dtype,
        work: .evaluate(SumMatrix(rows: 1, columns: count, Update())))
    }
  }
}
