import WeftFiles

/// Where a pipeline's paths count from.
package struct PipelinePlace: Sendable, Equatable {
  /// The pipeline's folder.
  package let folder: String
  /// The folder of the outputs, as the pipeline names it.
  package let outputFolder: String

  /// Places a pipeline.
  package init(folder: String, outputFolder: String) {
    self.folder = folder
    self.outputFolder = outputFolder
  }

  /// A path that the pipeline names, as the system needs it.
  package func path(_ name: String) -> String {
    name.utf8.first == UInt8(ascii: "/") || folder == "." ? name : Paths.join(folder, name)
  }

  /// The path of an output.
  package func output(_ name: String) -> String { Paths.join(path(outputFolder), name) }

  /// The folder of what is known about the tasks.
  package var state: String { output(".weft") }
}
