/// Along the arc between two models.
struct SlerpRule: MergeRule {
  /// Whether the models' own lengths are kept, as mergekit does, or directions are turned and the length is the weighted
  /// sum of the lengths, as sd-mecha does.
  let keepsLengths: Bool

  var modelCounts: ClosedRange<Int> { 2...2 }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let share = try tensor.options.number("alpha")
    let rule = keepsLengths ? Self.kept : Self.turned
    let values = tensor.models.map(\.value)
    if share == 0 { return values[0] }
    if share == 1 { return values[1] }
    return ComputedValue(GramCombination(values.map(\.formula)) { rule($0, share) })
  }

  /// sin((1 - t) Ω) / sin Ω · A + sin(t Ω) / sin Ω · B; a weighted sum where the directions are nearly the same or
  /// opposite.
  ///
  /// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/merge_methods/slerp.py
  private static func kept(_ gram: GramMatrix, _ share: Double) -> [Double] {
    let lengths = [gram.norm(0), gram.norm(1)].map { $0 > 1e-8 ? $0 : 1 }
    let cosine = min(1, max(-1, gram[0, 1] / (lengths[0] * lengths[1])))
    guard cosine.magnitude <= 0.9995 else { return [1 - share, share] }
    return arc(cosine, share)
  }

  /// The arc between A / |A| and B / |B|, times (1 - t) |A| + t |B|; a weighted sum where there is no one arc.
  ///
  /// Source: https://github.com/ljleb/sd-mecha/blob/b8d4d88/sd_mecha/extensions/builtin/merge_methods/linear.py
  private static func turned(_ gram: GramMatrix, _ share: Double) -> [Double] {
    let (a, b) = (gram.norm(0), gram.norm(1))
    guard a > 0, b > 0 else { return [1 - share, share] }
    let cosine = min(1, max(-1, gram[0, 1] / (a * b)))
    guard Trigonometry.sine(Trigonometry.angle(cosine: cosine)) > 0 else {
      return [1 - share, share]
    }
    let length = (1 - share) * a + share * b
    let factors = arc(cosine, share)
    return [factors[0] * length / a, factors[1] * length / b]
  }

  private static func arc(_ cosine: Double, _ share: Double) -> [Double] {
    let angle = Trigonometry.angle(cosine: cosine)
    let whole = Trigonometry.sine(angle)
    return [(1 - share) * angle, share * angle].map { signedSine($0) / whole }
  }

  /// Shares below 0 and above 1 go on along the circle.
  private static func signedSine(_ angle: Double) -> Double {
    let turn = 2 * Double.pi
    var rest = angle.truncatingRemainder(dividingBy: turn)
    if rest < 0 { rest += turn }
    return rest <= .pi ? Trigonometry.sine(rest) : -Trigonometry.sine(rest - .pi)
  }
}
