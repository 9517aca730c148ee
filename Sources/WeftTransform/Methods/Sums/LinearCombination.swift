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
      case .stored(let block):
        update.dense.append(DenseTerm(block: block, coefficient: factor))
      case .formula(let formula):
        update.formulas.append(FormulaTerm(formula: formula, coefficient: factor))
      }
    }
    update.dense += scaled.update.dense
    update.formulas += scaled.update.formulas
    update.products += scaled.update.products
  }
}
