/// Sums of values with factors: as long as there are only sums, all is computed in one step.
enum LinearCombination {
  /// The sum of values of one shape with their factors, in order; there is at least one.
  ///
  /// What has the factor zero is left out, and what alone has the factor one stays as it is.
  static func value(_ terms: [(value: ComputedValue, coefficient: Double)]) -> ComputedValue {
    let used = terms.filter { $0.coefficient != 0 }
    guard let first = used.first ?? terms.first else {
      preconditionFailure("a sum of nothing has no shape")
    }
    var sum = first.value
    sum.scale(by: first.coefficient)
    for term in used.dropFirst() { sum.add(term.value, coefficient: term.coefficient) }
    return sum
  }

  /// The difference of two values of one shape.
  static func difference(_ value: ComputedValue, _ base: ComputedValue) -> ComputedValue {
    Self.value([(value, 1), (base, -1)])
  }
}

extension ComputedValue {
  /// Adds other values of the same shape with a factor.
  mutating func add(_ other: ComputedValue, coefficient: Double) {
    var scaled = other
    scaled.scale(by: coefficient)
    let factor = scaled.update.baseCoefficient
    if factor != 0 {
      switch scaled.start {
      case .stored(let block): add(DenseTerm(block: block, coefficient: factor))
      case .formula(let formula):
        update.formulas.append(FormulaTerm(formula: formula, coefficient: factor))
      }
    }
    for term in scaled.update.dense { add(term) }
    update.formulas += scaled.update.formulas
    update.products += scaled.update.products
  }

  /// Adds a block with its factor; one that is there already is read only once.
  private mutating func add(_ term: DenseTerm) {
    if case .stored(let block) = start, block.isSame(as: term.block) {
      update.baseCoefficient += term.coefficient
    } else if let index = update.dense.firstIndex(where: { $0.block.isSame(as: term.block) }) {
      let sum = update.dense[index].coefficient + term.coefficient
      update.dense[index] = DenseTerm(block: term.block, coefficient: sum)
    } else {
      update.dense.append(term)
    }
  }
}
