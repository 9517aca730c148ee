import WeftFiles
package import WeftFormats

extension ManifestMaker.Made {
  /// The outputs of every task that are there and up to date, by the task's index; no model is read.
  package func finishedOutputs(library: FormatLibrary) throws -> [Int: Set<String>] {
    var index = StateFolder(manifest.place.state, syncs: false).index
    try index.refresh()
    let keys = RecipeKeys(sideFiles: manifest.sideFiles.hashes)
    var finished: [Int: Set<String>] = [:]
    for task in tasks {
      let history = try index.history(of: task.id)
      guard history.attemptCount > 0,
        let stamp = try? SourceStamp(of: manifest.place.path(task.input)),
        let content = history.content(for: stamp),
        let recipe = try? manifest.recipe(of: task, library: library)
      else { continue }
      let items = TaskPlan(recipe, keys: keys, place: manifest.place).items.filter {
        $0.path != nil
          && history.finished($0.name, key: $0.key, content: content, path: $0.path) != nil
      }
      finished[task.index] = Set(items.map(\.name))
    }
    return finished
  }
}
