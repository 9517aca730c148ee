/// A program that reads adapters, and what it reads of them.
package struct AdapterProgram: Sendable {
  /// The name, such as `a1111`.
  package let id: String
  /// The name for people.
  package let title: String
  /// The spelling in which it finds every module.
  package let naming: String
  /// The roles of tensors that it applies; it passes over the others without a word.
  package let roles: Set<String>
}
