/// The average of models, pulled to the base by how far they disagree.
///
/// With `filter_wise` each output's row is a filter, all inputs and taps of it; mergekit takes the last dimension, which in
/// a convolution is a line of taps.
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/merge_methods/model_stock.py
struct ModelStockRule: MergeRule {
  var modelCounts: ClosedRange<Int> { 2...Int.max }
  var needsBase: Bool { true }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let base = try tensor.requiredBase().value.formula
    let operands = [base] + tensor.models.map(\.value.formula)
    guard try tensor.options.flag("filter_wise") else {
      return ComputedValue(GramCombination(operands, origin: 0, rule: Self.factors))
    }
    return ComputedValue(RowCombination(operands: operands, origin: 0, rule: Self.factors))
  }

  /// The factors of the base and of n models: t mean(X) + (1 - t) base with t = n c / (1 + (n - 1) c), where c is the
  /// mean cosine between the differences from the base.
  private static func factors(_ gram: GramMatrix) -> [Double] {
    let count = gram.count - 1
    var sum = 0.0
    for i in 1...count {
      for j in i + 1..<count + 1 { sum += gram.cosine(i, j, least: 1e-6) }
    }
    let cosine = sum / Double(count * (count - 1) / 2)
    let divisor = 1 + Double(count - 1) * cosine
    // Where models pull in opposite directions there is no estimate, and the base stays.
    let share = divisor.magnitude < 1e-6 ? 0 : Double(count) * cosine / divisor
    return [1 - share] + Array(repeating: share / Double(count), count: count)
  }
}
