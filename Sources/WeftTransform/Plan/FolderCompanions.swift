import WeftFiles
import WeftFormats
import WeftTensors

/// The small files that make components' weights a diffusers model: configurations, scheduler and tokenizers.
///
/// A folder's own files are kept; a single file gets those of its architecture, with the sizes of its own tensors.
struct FolderCompanions {
  let base: BaseModel
  let infos: [TensorInfo]
  let library: FormatLibrary

  func files() throws -> [SmallOutputFile] {
    if base.checkpoint.format == .diffusers {
      return try DiffusersFolder.companions(of: base.checkpoint.path, keeping: components)
    }
    return []
  }

  /// The components whose weights are in the output.
  private var components: [String] {
    Set(infos.compactMap { DiffusersFolder.split($0.name).component }).sorted()
  }
}
