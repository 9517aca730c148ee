/// Several fuses that differ in one number, as `KEY=FIRST:LAST:STEP` or `N.KEY=FIRST:LAST:STEP` asks for.
///
/// N is the place of the adapter on the command line, counted from 1; it may be left out when there is only one.
package struct FuseSweep: Sendable, Equatable {
  /// What varies.
  package enum Key: String, Sendable, CaseIterable {
    /// Both factors of an adapter.
    case scale
    /// The factor of changes to the UNet.
    case unet
    /// The factor of changes to the text encoders.
    case te
    /// The weight of a ResAdapter's norms.
    case norm
  }

  /// What varies.
  package let key: Key
  /// The place of the adapter, counted from 1; nil for the only one.
  package let place: Int?
  /// The values, as texts that are the shortest for them.
  package let values: [String]

  /// The most variants of one sweep: each is a whole model.
  package static let variantLimit = 64

  /// Reads a sweep.
  package init(argument: String) throws(RecipeError) {
    func wrong(_ what: String) -> RecipeError { RecipeError(argument: argument, what: what) }
    let sides = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2 else { throw wrong("a sweep is KEY=FIRST:LAST:STEP") }
    let name = sides[0].split(separator: ".", maxSplits: 1)
    guard let word = name.last, let key = Key(rawValue: String(word)) else {
      let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong("unknown key \"\(sides[0])\"; the keys are \(known)")
    }
    self.key = key
    place = name.count == 2 ? Int(name[0]) : nil
    if name.count == 2, (place ?? 0) < 1 { throw wrong("\(name[0]) is no adapter's place") }
    let numbers = sides[1].split(separator: ":", omittingEmptySubsequences: false).map {
      DecimalNumber($0)
    }
    guard numbers.count == 3, let first = numbers[0], let last = numbers[1], let step = numbers[2]
    else { throw wrong("\(sides[1]) is not FIRST:LAST:STEP in decimal numbers") }
    guard let values = DecimalNumber.steps(from: first, to: last, by: step) else {
      throw wrong("the steps from \(first.text) by \(step.text) do not come to \(last.text)")
    }
    guard values.count <= Self.variantLimit else {
      throw wrong("\(values.count) variants are more than \(Self.variantLimit)")
    }
    self.values = values.map(\.text)
  }

  /// The word that tells a variant's output from the others', such as `scale-0.25`.
  package func label(_ value: String) -> String { "\(key.rawValue)-\(value)" }

  /// The recipe of each variant.
  package func recipes(of recipe: FuseRecipe) throws(RecipeError) -> [FuseRecipe] {
    if place == nil, recipe.adapters.count > 1 {
      throw RecipeError(
        argument: key.rawValue,
        what: "there are \(recipe.adapters.count) adapters; say which, as in 1.\(key.rawValue)=...")
    }
    if key == .norm, recipe.normMode == .replace || recipe.normMode == .skip {
      throw RecipeError(
        argument: key.rawValue,
        what: "norm is the weight of --norm lerp and delta; with \(recipe.normMode) it is unused")
    }
    let index = (place ?? 1) - 1
    guard recipe.adapters.indices.contains(index) else {
      throw RecipeError(
        argument: "\(index + 1).\(key.rawValue)", what: "there is no adapter \(index + 1)")
    }
    return values.map { value in
      var variant = recipe
      variant.mayBeUnchanged = true
      variant.adapters[index].set(key, to: Double(value) ?? 0)
      return variant
    }
  }
}

extension AdapterRequest {
  fileprivate mutating func set(_ key: FuseSweep.Key, to value: Double) {
    switch key {
    case .scale: (unetScale, textEncoderScale) = (value, value)
    case .unet: unetScale = value
    case .te: textEncoderScale = value
    case .norm: normWeight = value
    }
  }
}
