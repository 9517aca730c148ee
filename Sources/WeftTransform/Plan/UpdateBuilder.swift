import WeftFiles
import WeftFormats
import WeftTensors

/// Adds up what all adapters do to one tensor.
enum UpdateBuilder {
  /// The updates of all tensors that change, by canonical name.
  ///
  /// Replacements come before sums, whatever the order of the adapters, so that a sum is never lost.
  static func updates(
    _ contributions: [Contribution], base: BaseModel
  ) throws -> [CanonicalName: Update] {
    var updates: [CanonicalName: Update] = [:]
    var replacedBy: [CanonicalName: String] = [:]
    let effective = contributions.filter { !$0.isIdentity }
    for contribution in effective where contribution.replaces {
      if let other = replacedBy.updateValue(contribution.origin, forKey: contribution.target) {
        throw TransformError.refused(
          "two adapters replace \(contribution.target.path)",
          at: "\(other), \(contribution.origin)", advice: "fuse only one of them")
      }
    }
    let ordered = effective.filter(\.replaces) + effective.filter { !$0.replaces }
    for contribution in ordered {
      guard let stored = base.stored[contribution.target] else { continue }
      updates[contribution.target, default: Update()].add(
        contribution.change, rows: stored.block().rows)
    }
    return updates
  }
}

extension Update {
  /// Adds a change to what was added before; `rows` are those of the canonical tensor as a matrix.
  mutating func add(_ change: Contribution.Change, rows: Int) {
    switch change {
    case .lowRank(let up, let down, let rank, let scale):
      products.append(
        ProductTerm(up: up, down: down, rank: rank, scale: scale, isTransposed: false))
    case .add(let tensor, let coefficient):
      dense.append(DenseTerm(block: tensor.block(rows: rows), coefficient: coefficient))
    case .blend(let tensor, let weight):
      baseCoefficient *= 1 - weight
      dense.append(DenseTerm(block: tensor.block(rows: rows), coefficient: weight))
    case .difference(let tensor, let stock, let weight):
      dense.append(DenseTerm(block: tensor.block(rows: rows), coefficient: weight))
      dense.append(DenseTerm(block: stock, coefficient: -weight))
    }
  }

  /// The same update for a layout that stores the transpose.
  var transposed: Update {
    var result = Update()
    result.baseCoefficient = baseCoefficient
    result.dense = dense.map { term in
      DenseTerm(block: term.block.transposed, coefficient: term.coefficient)
    }
    result.products = products.map { term in
      ProductTerm(
        up: term.up, down: term.down, rank: term.rank, scale: term.scale,
        isTransposed: !term.isTransposed)
    }
    return result
  }
}

extension StoredBlock {
  /// The same values in the other orientation.
  var transposed: StoredBlock {
    StoredBlock(
      tensor: tensor, elementOffset: elementOffset, rows: columns, columns: rows,
      isTransposed: !isTransposed)
  }
}
