import WeftFiles
import WeftFormats
package import WeftKernels
package import WeftTensors
package import WeftTransform

/// The weights of one component of a recognised model, whatever its container, types and layout, with adapters applied
/// beside the layers that they change.
///
/// Values are rounded to float32 once. What adapters replace or add whole is in the weight itself; low-rank products and
/// other computed changes are `branches`; what is no sum, such as a rotation, is computed into the weight.
package struct ModelWeights: WeightSource {
  private struct Entry: Sendable {
    let shape: Shape
    let value: ComputedValue
  }

  /// The model's file.
  package let path: String
  /// The component, such as `unet`.
  package let component: String
  private let entries: [String: Entry]
  private let reader: ValueReader
  private let kept: KeptWeights?

  /// Takes the weights of a component; those of layers may be kept as they are stored.
  ///
  /// - Throws: when the model does not have the component, or tensors of it are missing or do not fit.
  package init(
    _ model: AdaptedModel, component: String, reader: ValueReader, kept: KeptWeights? = nil
  ) throws {
    try model.base.requireComplete(component)
    path = model.base.checkpoint.path
    self.component = component
    (self.reader, self.kept) = (reader, kept)
    var entries: [String: Entry] = [:]
    for (name, stored) in model.base.stored where name.component == component {
      entries[name.path] = Entry(
        shape: stored.shape, value: model.values[name] ?? ComputedValue(stored.block()))
    }
    self.entries = entries
  }

  /// The names of all tensors, in no order.
  package var names: [String] { Array(entries.keys) }

  package func shape(_ name: String) -> Shape? { entries[name]?.shape }

  package func read(_ name: String, into target: ByteSlice) throws {
    let value = try entry(name).value
    try reader.read(value, named: name, into: target)
  }

  package func readBesideBranches(_ name: String, into target: ByteSlice) throws {
    try reader.read(try entry(name).value.besideBranches, named: name, into: target)
  }

  package func stored(_ name: String, under byteCount: Int) throws -> (any StoredWeight)? {
    guard let kept else { return nil }
    let entry = try entry(name)
    return try kept.weight(
      entry.value.besideBranches, named: name, shape: entry.shape, under: byteCount)
  }

  package func storedByteCount(_ name: String) -> Int? {
    kept == nil ? nil : entries[name]?.value.besideBranches.keptBlock?.storedByteCount
  }

  package func branches(of module: String) throws -> [WeightBranch] {
    guard let entry = entries["\(module).weight"], let parts = entry.value.parts else { return [] }
    let products = try parts.products.map { try lowRank($0, entry) }
    return products + (try parts.formula.map { [try full($0, entry.shape, module)] } ?? [])
  }

  private func lowRank(_ term: ProductTerm, _ entry: Entry) throws -> WeightBranch {
    let (up, down) = try reader.factors(
      of: term, rows: entry.value.rows, columns: entry.value.columns)
    return .lowRank(
      down: LooseTensor(
        shape: Shape([term.rank] + entry.shape.dimensions.dropFirst()), buffer: down),
      up: LooseTensor(shape: [entry.value.rows, term.rank], buffer: up),
      scale: Float(term.scale))
  }

  private func full(
    _ formula: any MatrixFormula, _ shape: Shape, _ module: String
  ) throws -> WeightBranch {
    let buffer = ByteBuffer(
      byteCount: formula.rows * formula.columns * MemoryLayout<Float>.size, isZeroed: false)
    try reader.read(ComputedValue(formula), named: "\(module).weight", into: buffer.all)
    return .full(LooseTensor(shape: shape, buffer: buffer))
  }

  private func entry(_ name: String) throws -> Entry {
    guard let entry = entries[name] else {
      throw NetworkError.weight("the tensor '\(name)' is missing", at: path)
    }
    return entry
  }
}

extension ComputedValue {
  /// The values without what adapters compute beside them.
  fileprivate var besideBranches: ComputedValue { parts?.weight ?? self }
}
