import WeftFiles

/// An adapter that a prompt asks for: `<lora:NAME:WEIGHT>` or `<lora:NAME:TEXT ENCODER:UNET>`; `lyco` is the same.
///
/// The numbers may be named, as in `<lora:NAME:te=0.5:unet=1>`. A name is a file's, never a path.
/// Sources: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/extra_networks.py and
/// https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/extensions-builtin/Lora/extra_networks_lora.py
package struct AdapterTag: Sendable, Equatable {
  /// The name of the file, without its extension.
  package let name: String
  /// The scale of what changes text encoders.
  package let textEncoderScale: Double
  /// The scale of what changes the UNet.
  package let unetScale: Double
}

/// A prompt and the adapters that were written in it.
package struct TaggedPrompt: Sendable {
  /// The prompt without tags and comments.
  package let text: String
  /// The adapters in the order of their tags.
  package let adapters: [AdapterTag]
  /// What was written and is not used, in sentences for people.
  package let notes: [String]

  /// Takes the tags and the comments out of a prompt in the style of the web UI.
  ///
  /// - Throws: for a name that is a path and for numbers that are none; the error names the tag.
  package init(_ prompt: String) throws(PromptError) {
    var text = String.UnicodeScalarView()
    var (adapters, notes): ([AdapterTag], [String]) = ([], [])
    var rest = PromptComments.removed(from: prompt).unicodeScalars[...]
    let lastEnd = rest.lastIndex(of: ">") ?? rest.startIndex
    while rest.startIndex < lastEnd, let start = rest.firstIndex(of: "<") {
      guard let tag = Self.tag(in: rest[start...]) else {
        text += rest[...start]
        rest = rest[rest.index(after: start)...]
        continue
      }
      text += rest[..<start]
      rest = rest[tag.end...]
      if ["lora", "lyco"].contains(tag.kind) {
        adapters.append(try AdapterTag(tag.values, written: tag.written))
      } else {
        notes.append("\(tag.written) is not used: only adapters are, as <lora:NAME:WEIGHT>")
      }
    }
    text += rest
    (self.text, self.adapters, self.notes) = (String(text), adapters, notes)
  }

  private typealias Tag = (
    kind: String, values: [String], written: String, end: String.UnicodeScalarView.Index
  )

  /// The tag that begins at a bracket: a word, a colon, and anything up to the closing bracket.
  private static func tag(in text: Substring.UnicodeScalarView) -> Tag? {
    let inside = text.dropFirst()
    let kind = inside.prefix { $0.isWordPart }
    let values = inside[kind.endIndex...].dropFirst().prefix { $0 != ">" }
    guard !kind.isEmpty, kind.endIndex < inside.endIndex, inside[kind.endIndex] == ":",
      !values.isEmpty, values.endIndex < text.endIndex
    else { return nil }
    let end = text.index(after: values.endIndex)
    let parts = values.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
    return (String(kind), parts, String(text[..<end]), end)
  }
}

extension AdapterTag {
  fileprivate init(_ values: [String], written: String) throws(PromptError) {
    var (positional, named): ([String], [String: String]) = ([], [:])
    for value in values {
      let sides = value.split(separator: "=", omittingEmptySubsequences: false)
      if sides.count == 2 {
        named[String(sides[0])] = String(sides[1])
      } else {
        positional.append(value)
      }
    }
    let name = positional.first ?? ""
    guard Paths.isPlainName(name), !name.utf8.contains(UInt8(ascii: "\\")), !name.contains("..")
    else {
      throw PromptError(
        "the name of an adapter must be that of a file, not a path", at: written,
        advice: "give the name of a file in --adapter-dir without its extension")
    }
    let text = named["te"] ?? positional.dropFirst().first
    let unet = named["unet"] ?? positional.dropFirst(2).first
    self.name = name
    textEncoderScale = try Self.scale(text, written) ?? 1
    unetScale = try Self.scale(unet, written) ?? textEncoderScale
  }

  private static func scale(_ text: String?, _ written: String) throws(PromptError) -> Double? {
    guard let text else { return nil }
    let number = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    guard let scale = Double(String(number)), scale.isFinite else {
      throw PromptError(
        "'\(text)' is not the scale of an adapter", at: written,
        advice: "write it as <lora:NAME:0.8>")
    }
    return scale
  }
}
