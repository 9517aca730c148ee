package import WeftTensors

/// How well an adapter fits an architecture.
package struct AdapterFit: Sendable {
  /// The architecture.
  package let architecture: Architecture
  /// The modules of the adapter.
  package let total: Int
  /// The modules whose names the architecture has.
  package let named: Int
  /// The modules whose shapes fit too.
  package let shaped: Int
  /// The naming scheme of most modules, or nil.
  package let scheme: String?
}

extension FormatLibrary {
  /// How an adapter fits each architecture, the best first; variants with the same modules are left out.
  package func fits(
    of reading: AdapterReading, _ tensors: [TensorInfo]
  ) throws(FormatError) -> [AdapterFit] {
    var fits: [AdapterFit] = []
    for architecture in architectures where architecture.like == nil {
      fits.append(try fit(of: reading, tensors, to: architecture))
    }
    return fits.enumerated().sorted { left, right in
      (right.element.named, right.element.shaped, left.offset)
        < (left.element.named, left.element.shaped, right.offset)
    }.map(\.element)
  }

  /// How an adapter fits one architecture.
  package func fit(
    of reading: AdapterReading, _ tensors: [TensorInfo], to architecture: Architecture
  ) throws(FormatError) -> AdapterFit {
    let schema = try architecture.expanded(withOptional: true)
    let table = try AliasTable(schema.map(\.name), architecture: architecture, library: self)
    let shapes = Dictionary(schema.map { ($0.name, $0.shape) }) { first, _ in first }
    var (named, shaped) = (0, 0)
    var schemes: [String: Int] = [:]
    for module in reading.modules {
      guard case .module(let target, let ids) = table.resolve(module.stem) else { continue }
      named += 1
      for id in ids { schemes[id, default: 0] += 1 }
      if let weight = shapes[target.tensor("weight")], module.fits(weight, tensors) { shaped += 1 }
    }
    return AdapterFit(
      architecture: architecture, total: reading.modules.count, named: named, shaped: shaped,
      scheme: schemes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key)
  }

  /// What is known of an adapter file.
  func recognized(
    _ reading: AdapterReading, _ tensors: [TensorInfo]
  ) throws(FormatError) -> Recognition {
    let fits = try fits(of: reading, tensors)
    var result = Recognition(kind: .adapter)
    result.bindings = tensors.map { _ in .adapter }
    for leftover in reading.leftovers {
      result.bindings[leftover.index] =
        leftover.isHarmless ? .auxiliary(leftover.reason) : .unknown
    }
    guard let best = fits.first, best.named > 0 else {
      let title = reading.modules.lazy.compactMap { self.stranger(spelling: $0.stem) }.first
      result.evidence = [
        "\(reading.modules.count) adapter modules fit no known architecture"
          + (title.map { "; they are spelled as in adapters of \($0)" } ?? "")
      ]
      return result
    }
    let equal = fits.filter { $0.named == best.named && $0.shaped == best.shaped }
    result.architecture = best.architecture
    result.candidates = equal.map(\.architecture.id)
    result.layout = best.scheme
    result.evidence = fits.map { fit in
      "\(fit.named) of \(fit.total) modules fit \(fit.architecture.id) by name, "
        + "\(fit.shaped) by shape too"
    }
    return result
  }
}

extension AdapterModule {
  /// Whether the outer shapes of the tensors fit a weight.
  package func fits(_ weight: Shape, _ tensors: [TensorInfo]) -> Bool {
    func dimensions(_ role: String) -> [Int]? {
      self.tensors[role].map { tensors[$0].shape.dimensions }
    }
    guard let rows = weight.dimensions.first else { return false }
    if let up = dimensions("up"), let down = dimensions("down") {
      guard up.first == rows, down.count > 1, weight.rank > 1 else { return false }
      return down[1] == weight.dimensions[1]
    }
    if let full = dimensions("diff") {
      return Shape(full).withoutTrailingOnes == weight.withoutTrailingOnes
    }
    if self.tensors["on_input"] != nil, let numbers = dimensions("weight") {
      let sides = weight.dimensions.prefix(2).map { [$0] }
      return sides.contains(numbers.filter { $0 != 1 })
    }
    if let vector = dimensions("w_norm") ?? dimensions("weight") ?? dimensions("bias") {
      return vector == [rows]
    }
    return true
  }
}
