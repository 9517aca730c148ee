import Foundation
import Synchronization
import WeftFormats
import WeftTransform

/// The small models on disk: each is written when it is first asked for, and stays until the process ends.
enum TinyModels {
  private static let written = Mutex<Set<String>>([])

  /// The folder of a model; its parts that are files of their own are in it.
  static func path(_ model: TinyModel) throws -> String {
    let folder = ScratchFolder.url.appending(path: model.name).path
    try written.withLock { written in
      guard !written.contains(model.name) else { return }
      try TinyModelWriter(model: model, folder: folder).write()
      written.insert(model.name)
    }
    return folder
  }

  /// A model, or one of the files in its folder.
  static func open(_ model: TinyModel, file: String? = nil) throws -> BaseModel {
    let folder = try path(model)
    return try BaseModel.openAnything(
      file.map { "\(folder)/\($0)" } ?? folder, library: try FormatLibrary.embedded())
  }
}
