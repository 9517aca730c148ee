import Foundation

/// The small model and ResAdapter that `weft demo` makes, made once for all tests.
enum DemoFiles {
  /// The folder, or the error of the run that failed to make it.
  private static let made = Swift.Result { () throws -> Folder in
    let folder = try Folder()
    let result = try Tool.run("demo", folder.path("demo"))
    guard result.status == 0 else { throw Failure(text: result.errors) }
    return folder
  }

  struct Failure: Error {
    let text: String
  }

  static func path(_ name: String) throws -> String { try made.get().path("demo/" + name) }

  /// The model in one LDM file.
  static var base: String { get throws { try path("base.safetensors") } }

  /// The ResAdapter's folder.
  static var resAdapter: String { get throws { try path("resadapter") } }

  /// The fused model.
  static var fused: String { get throws { try path("fused.safetensors") } }
}
