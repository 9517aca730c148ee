import Foundation
import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Configurations of mergekit")
struct MergekitTests {
  static let expected = Result {
    try JSONValue(
      parsing: [UInt8](
        try Data(contentsOf: RecipeFixture.folder.appending(path: "recipes/mergekit.json"))))
  }

  @Test(
    "every parameter has for every tensor the value that mergekit gives it",
    arguments: RecipeFixture.all("mergekit"))
  func values(fixture: RecipeFixture) throws {
    let library = try library.get()
    let expected = try #require(try Self.expected.get()[fixture.name])
    let recipe = try MergeRecipe(yaml: fixture.bytes(), path: fixture.name, library: library)
    let step = try #require(recipe.merge("merged"))
    let method = try #require(library.mergeMethod(step.method))
    #expect(method.mergekit?.method == expected["method"]?.text)
    #expect(step.base.map { path($0, recipe) } == (method.needsBase ? expected["base"]?.text : nil))
    let dtypes = ["float32": DType.f32, "float16": .f16, "bfloat16": .bf16]
    #expect(recipe.output.dtype == expected["dtype"]?.text.flatMap { dtypes[$0] })

    let models = try #require(expected["models"]?.elements)
    #expect(
      step.inputs.map { path($0.reference, recipe) } == models.map { $0["model"]?.text ?? "" })
    for (index, tensor) in (expected["tensors"]?.elements ?? []).enumerated() {
      let name = try #require(tensor.text)
      let options = step.options(for: [name], block: "IN01", method: method, presets: [:])
      try expect(options, expected["shared"], index, method.options, method)
      for (input, model) in zip(step.inputs, models) {
        let options = input.options(for: [name], block: "IN01", presets: [:])
        try expect(options, model["own"], index, method.modelOptions, method)
      }
    }
  }

  @Test("all methods that both have are among the examples")
  func allMethods() throws {
    let tried = Set(
      try Self.expected.get().members?.compactMap { $0.value["method"]?.text } ?? [])
    #expect(tried == Set(try library.get().mergeMethods.compactMap { $0.mergekit?.method }))
  }

  private func path(_ reference: RecipeReference, _ recipe: MergeRecipe) -> String {
    recipe.model(reference.name)?.path ?? ""
  }

  /// Compares our options with mergekit's parameters of the same meaning.
  private func expect(
    _ options: [String: OptionValue], _ parameters: JSONValue?, _ index: Int,
    _ descriptions: [MergeOption], _ method: MergeMethod
  ) throws {
    let mergekit = try #require(method.mergekit)
    for option in descriptions where option.name != "seed" {
      let parameter = mergekit.names.first { $0.value == option.name }?.key ?? option.name
      let value = try #require(parameters?[parameter]?.elements?[index], "\(parameter)")
      var expected: OptionValue? = option.value(value)
      if let words = mergekit.flags[option.name] {
        expected = value.bool.map { .word(words[$0 ? 1 : 0]) }
      }
      #expect(options[option.name] == expected, "\(option.name)")
    }
  }

  @Test(
    "what has no meaning here is refused with a word",
    arguments: [
      ("merge_method: passthrough\nmodels: [{model: a/b}]", "method 'passthrough' is not one of"),
      ("merge_method: linear\nslices: []", "slices of layers are not read"),
      ("merge_method: linear\ntokenizer_source: union", "keep their tokenizers"),
      ("merge_method: linear\nmodels: [{model: a+b}]", "an adapter (+)"),
      ("merge_method: linear\nmodels: [{model: a@main}]", "a revision (@)"),
      (
        "merge_method: linear\nmodels: [{model: a/b, parameters: {weight: [0, 1]}}]",
        "'weight' is a gradient over layers"
      ),
      (
        "merge_method: linear\nmodels: [{model: a/b, parameters: {weight: {value: [0, 1]}}}]",
        "'weight' is a gradient over layers"
      ),
      (
        "merge_method: linear\nmodels: [{model: a/b, parameters: {wieght: 1}}]",
        "did you mean 'weight'"
      ),
      ("merge_method: linear\nmodels: [{model: a/b}]", "has no 'weight'"),
      (
        "merge_method: slerp\nmodels: [{model: a/b}, {model: b/c}]\nparameters: {t: 1}",
        "no 'base_model'"
      ),
      (
        "merge_method: slerp\nbase_model: x/y\nmodels: [{model: a/b}, {model: b/c}]\nparameters: {t: 1}",
        "has 3 models, but 'slerp' takes 2"
      ),
      ("merge_method: ties\nmodels: [{model: a/b, parameters: {weight: 1}}]", "has no 'base'"),
      (
        "merge_method: ties\nbase_model: c/d\nmodels: [{model: a/b, parameters: {weight: 1}}]\n"
          + "parameters: {rescale: true}", "unknown key 'rescale'"
      ),
      (
        "merge_method: linear\ndtype: int8\nmodels: [{model: a/b, parameters: {weight: 1}}]",
        "'dtype' of the configuration of mergekit is 'int8'"
      ),
      ("merge_method: linear\nmodels: [{model: a/b, layers: 1}]", "unknown key 'layers'"),
    ])
  func refuse(text: String, message: String) throws {
    let error = try #require(try problem(Array(text.utf8)))
    #expect(error.description.contains(message), "\(error)")
  }
}
