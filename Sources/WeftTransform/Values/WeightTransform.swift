/// A change whose result is no sum of the weight and something that does not depend on it, such as a rotation.
///
/// Such changes are applied in the order of the adapters, each to what the ones before it gave.
package protocol WeightTransform: Sendable {
  /// The rule with its numbers, for the plan, such as `W' = Rᵀ · W, 4 blocks of 80`.
  var rule: String { get }
  /// Whether every weight stays as it is.
  var isIdentity: Bool { get }

  /// The changed matrix.
  func applied(to weight: any MatrixFormula) throws -> any MatrixFormula
}
