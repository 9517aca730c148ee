/// How solvers take their last steps.
struct LastOrders: Sendable {
  /// Whether the last step is of order 1, and that before of order 2, when there are few.
  let lowersFew: Bool
  /// Whether the last step is of order 1, however many there are.
  let lowersLast: Bool

  /// Fewer steps than these are few.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_dpmsolver_multistep.py
  private static let few = 15

  func order(_ order: Int, _ step: Int, of count: Int) -> Int {
    let left = count - step
    let isFew = lowersFew && count < Self.few
    if left == 1, lowersLast || isFew { return 1 }
    return left == 2 && isFew ? min(order, 2) : order
  }
}
