/// What a picture was made with, as A1111 writes it into pictures and model sites read it.
///
/// The prompt, then the negative prompt, then a line of fields such as `Steps: 20, Sampler: Euler a, CFG scale: 7`.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/processing.py (create_infotext)
/// and infotext_utils.py (quote, parse_generation_parameters)
package struct GenerationParameters: Sendable, Equatable {
  /// A name and a value.
  package struct Field: Sendable, Hashable {
    /// The name, such as `Steps`.
    package let name: String
    /// The value as text.
    package var value: String
    /// Whether the value is JSON that stands in the line as it is, as Civitai writes its own.
    var isBare = false

    /// Makes a field.
    package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// What the picture is to show.
  package var prompt: String
  /// What it is not to show.
  package var negativePrompt: String
  /// The fields in their order; those that are not known are kept.
  package var fields: [Field]

  /// Puts parameters together.
  package init(prompt: String, negativePrompt: String = "", fields: [Field] = []) {
    (self.prompt, self.negativePrompt, self.fields) = (prompt, negativePrompt, fields)
  }

  /// The value of a field; one that is new gets A1111's place among the others.
  package subscript(name: String) -> String? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (newValue, index) {
      case (nil, let index?): fields.remove(at: index)
      case (nil, nil): break
      case (let value?, let index?): fields[index] = Field(name, value)
      case (let value?, nil):
        let rank = FieldOrder.rank(name)
        let place = fields.firstIndex { FieldOrder.rank($0.name) > rank } ?? fields.endIndex
        fields.insert(Field(name, value), at: place)
      }
    }
  }
}

/// The order in which A1111 writes fields.
private enum FieldOrder {
  /// The fields before those that extensions and scripts add.
  private static let first = [
    "Steps", "Sampler", "Schedule type", "CFG scale", "Image CFG scale", "Seed",
    "Face restoration", "Size", "Model hash", "Model", "FP8 weight", "Cache FP16 weight for LoRA",
    "VAE hash", "VAE", "Variation seed", "Variation seed strength", "Seed resize from",
    "Denoising strength", "Conditional mask weight", "Clip skip", "ENSD", "Token merging ratio",
    "Token merging ratio hr", "Init image hash", "RNG", "Tiling",
  ]
  /// The fields behind them.
  private static let last = ["Version", "User"]

  static func rank(_ name: String) -> Int {
    if let index = first.firstIndex(of: name) { return index }
    return last.firstIndex(of: name).map { first.count + 1 + $0 } ?? first.count
  }
}
