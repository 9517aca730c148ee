import WeftFiles
import WeftTransform

/// The products of a task by name and key, as far as they can be told without reading the model.
struct TaskPlan {
  /// A product.
  struct Item {
    /// The name.
    let name: String
    /// The key.
    let key: String
    /// The path of the file; nil for what is no file.
    let path: String?
  }

  /// What is done.
  let recipe: TaskRecipe
  /// The scan; nil when none is asked for.
  let scan: Item?
  /// The outputs of every pass.
  let outputs: [[Item]]
  /// The proofs of every output of a pass, in the order of the recipe's proofs.
  let proofs: [[Item]]
  /// The files of every report.
  let reports: [[Item]]

  /// Names the products of a recipe.
  init(_ recipe: TaskRecipe, keys: RecipeKeys, place: PipelinePlace) {
    self.recipe = recipe
    scan = recipe.isScanned ? Item(name: "scan", key: keys.scanKey, path: nil) : nil
    let outputKeys = keys.keys(of: recipe)
    outputs = zip(recipe.passes, outputKeys).map { pass, keys in
      zip(pass.outputs, keys).map { Item(name: $0.path, key: $1, path: place.output($0.path)) }
    }
    proofs = recipe.proofs.map { proof in
      zip(recipe.passes[proof.pass].outputs, outputKeys[proof.pass]).map { output, key in
        Item(
          name: "verify \(proof.step) \(output.path)", key: keys.key(of: proof, output: key),
          path: nil)
      }
    }
    let known = ([scan].compactMap(\.self) + outputs.joined() + proofs.joined()).map(\.key)
    reports = recipe.reports.map { report in
      let key = keys.key(of: report, products: known)
      return [report.json, report.html].compactMap(\.self).map {
        Item(name: $0, key: key, path: place.output($0))
      }
    }
  }

  /// All products, in the order in which they are made.
  var items: [Item] {
    [scan].compactMap(\.self) + outputs.joined() + proofs.joined() + reports.joined()
  }
}
