/// An adapter that the user asked for, and how strongly each part of the model takes it.
package struct AdapterRequest: Sendable, Equatable {
  /// The adapter's file or folder.
  package var path: String
  /// The factor of every change to the UNet.
  package var unetScale = 1.0
  /// The factor of every change to the text encoders.
  package var textEncoderScale = 1.0
  /// The weight of a ResAdapter's norms for `lerp` and `delta`.
  package var normWeight = 1.0
  /// The factors of the model's blocks (LBW): a preset's name or numbers with commas between; nil for 1 everywhere.
  package var blockWeights: String?
  /// The weight of the blocks that `blockWeights` does not name; nil refuses changes to such blocks.
  package var blockRest: Double?
  /// Whether block weights hold for a ResAdapter, too, which is spared them otherwise.
  package var weighsResAdapter = false

  /// Makes a request at full strength.
  package init(path: String) {
    self.path = path
  }

  /// Reads `PATH`, `PATH:SCALE`, `PATH:KEY=VALUE,...` or `PATH:SCALE,KEY=VALUE,...`; `AdapterParts` says what the keys
  /// are.
  ///
  /// Text after the last colon that is none of these belongs to the path.
  package init(argument: String) throws(RecipeError) {
    self.init(path: argument)
    guard let colon = argument.lastIndex(of: ":") else { return }
    let suffix = argument[argument.index(after: colon)...]
    if let parts = try AdapterParts(suffix, argument: argument) {
      path = String(argument[..<colon])
      try parts.apply(to: &self)
    }
    if path.isEmpty { throw RecipeError(argument: argument, what: "the path is empty") }
  }

  /// The factor of changes to a component.
  package func scale(component: String) -> Double {
    component.hasPrefix("text_encoder") ? textEncoderScale : unetScale
  }
}
