import WeftTensors

extension MergeRecipe {
  /// The recipe as text that reads back as the same recipe.
  ///
  /// `comments` stand beside models, by their names; `heading` has lines that come first, as comments.
  package func yamlText(
    heading: [String] = [], comments: [String: String] = [:]
  ) -> String {
    var writer = YAMLWriter(
      comments: Dictionary(uniqueKeysWithValues: comments.map { ("models.\($0.key)", $0.value) }))
    writer.write(textValue.members ?? [])
    return heading.map { "# \(printable($0))\n" }.joined() + writer.text
  }
}
