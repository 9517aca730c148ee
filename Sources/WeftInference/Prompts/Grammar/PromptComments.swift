/// What is said to people in a prompt: from `#` to the end of the line.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/processing_scripts/comments.py
enum PromptComments {
  /// A prompt without its comments.
  static func removed(from prompt: String) -> String {
    prompt.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String(scalars: $0.prefix { $0 != "#" }) }
      .joined(separator: "\n")
  }
}
