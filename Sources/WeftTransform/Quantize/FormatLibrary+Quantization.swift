import WeftFiles
package import WeftFormats
import WeftTensors

extension FormatLibrary {
  /// The type of a name, or the error that lists all.
  package func requiredQuantType(_ name: String) throws(RecipeError) -> QuantType {
    guard let type = quantType(name) else {
      let known = quantTypes.map(\.name).joined(separator: ", ")
      throw RecipeError(argument: name, what: "there is no such type; the types are \(known)")
    }
    return type
  }

  /// The policy that a recipe names, or the usual one of the container.
  func policy(
    of recipe: QuantizationRecipe?, container: ContainerFormat
  ) throws(RecipeError) -> QuantPolicy {
    let name = Self.policyName(of: recipe, container: container)
    guard let policy = quantPolicies.first(where: { $0.id == name }) else {
      let known = quantPolicies.map(\.id).joined(separator: ", ")
      throw RecipeError(argument: name, what: "there is no such policy; the policies are \(known)")
    }
    guard policy.containers.isEmpty || policy.containers.contains(container.rawValue) else {
      throw RecipeError(
        argument: name,
        what: "it is for \(policy.containers.joined(separator: ", ")), not \(container.rawValue)")
    }
    return policy
  }

  /// The name of the policy that a recipe names, or of the usual one of the container.
  static func policyName(
    of recipe: QuantizationRecipe?, container: ContainerFormat
  ) -> String {
    if let policy = recipe?.policy { return policy }
    guard container == .gguf else { return "tensors" }
    return recipe?.encoder == .sdcpp ? "sdcpp" : "generic"
  }
}

extension QuantType {
  /// How values of the type are stored in a container, or the error that says where they can be.
  func form(in container: ContainerFormat) throws(RecipeError) -> TensorForm {
    if container != .gguf, let scaled {
      guard container != .diffusers else {
        throw RecipeError(
          argument: name,
          what:
            "diffusers reads it only with a configuration that weft does not write; write a file")
      }
      return .scaled(scaled)
    }
    guard let dtype else {
      throw RecipeError(argument: name, what: "GGUF has no such type; write a safetensors file")
    }
    let form: TensorForm = dtype.isBlocks ? .blocks(dtype) : .plain(dtype)
    guard form.isStorable(in: container) else {
      throw RecipeError(
        argument: name,
        what: dtype.isBlocks
          ? "only GGUF has this type; end the output's name in .gguf"
          : "\(container.rawValue) has no such type")
    }
    return form
  }
}
