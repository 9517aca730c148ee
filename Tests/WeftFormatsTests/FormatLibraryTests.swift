import Foundation
import Testing
import WeftFormats
import WeftTensors

@Suite("FormatLibrary")
struct FormatLibraryTests {
  @Test("every file of formats/ is embedded as it is, and nothing else")
  func everyFileIsEmbedded() throws {
    let folder = root.appending(path: "formats").resolvingSymlinksInPath()
    let enumerator = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]))
    var onDisk: [String: [UInt8]] = [:]
    for case let url as URL in enumerator
    where try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
      let path = url.resolvingSymlinksInPath().path.dropFirst(folder.path.count + 1)
      onDisk[String(path)] = [UInt8](try Data(contentsOf: url))
    }
    let embedded = FormatLibrary.embeddedFiles()
    #expect(Set(embedded.map(\.path)) == Set(onDisk.keys))
    for file in embedded { #expect(onDisk[file.path] == file.bytes, "\(file.path)") }
  }

  @Test("the embedded library reads")
  func embedded() throws {
    let library = try library.get()
    #expect(
      Set(library.architectures.map(\.id)) == [
        "sd15", "sd15-inpaint", "sd15-ip2p", "sd2", "sd2-inpaint", "sdxl", "sdxl-inpaint",
        "sdxl-ip2p", "sdxl-refiner", "taesd",
      ])
    #expect(library.layoutIDs == ["ldm", "diffusers"])
  }

  @Test("the library loads fast")
  func loadsFast() throws {
    let time = try ContinuousClock().measure { _ = try FormatLibrary.embedded() }
    // For a debug build on a busy machine; a release build takes milliseconds.
    #expect(time < .seconds(10))
  }

  @Test("a user's architecture is read beside the embedded ones, and one of the same path replaces")
  func overlay() throws {
    let mine = """
      {"source": "https://example.org", "id": "sd15-wide", "title": "Wide", "like": "sd15",
       "components": {"unet": {"schema": "unet", "dimensions": {"context": 800}}}}
      """
    let library = try FormatLibrary(overlay: [("architectures/wide.json", Array(mine.utf8))])
    let tensors = try #require(library.architecture("sd15-wide")).expanded()
    let name = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight"
    #expect(tensors.first { $0.name.path == name }?.shape == [320, 800])
  }

  @Test(
    "a file with a mistake is refused, and the error names it",
    arguments: [
      (#"{"id": "x"}"#, "the file names no 'source'"),
      (#"{"source": "s", "id": "x", "titel": "y"}"#, "unknown key 'titel'"),
      (#"{"source": "s", "id": "x""#, "the file is not JSON"),
      (#"{"source": "s", "id": "x", "title": "y", "like": "z"}"#, "'like' names an architecture"),
      (
        #"{"source": "s", "id": "x", "title": "y", "components": {"unet": {"schema": "u"}}}"#,
        "'schema' names 'u', which is not in schemas/"
      ),
      (
        #"{"source": "s", "id": "x", "title": "y", "components": {"unet": {"schema": "unet","#
          + #""dimensions": {"time": "4 *"}}}}"#, "ends where a value is expected"
      ),
    ])
  func mistakes(text: String, message: String) throws {
    let error = #expect(throws: FormatError.self) {
      try FormatLibrary(overlay: [("architectures/x.json", Array(text.utf8))])
    }
    #expect(try #require(error).description.contains(message))
    #expect(try #require(error).description.contains("formats/architectures/x.json"))
  }

  @Test(
    "a schema or key map that is like one that is not there is refused",
    arguments: ["schemas", "keymaps"])
  func likeNothing(folder: String) throws {
    let text = #"{"source": "s", "id": "x", "like": "y"}"#
    let error = #expect(throws: FormatError.self) {
      try FormatLibrary(overlay: [("\(folder)/x.json", Array(text.utf8))])
    }
    #expect(try #require(error).description.contains("'like' names 'y', which is not known"))
  }

  @Test("a file in no known folder is refused")
  func strayFile() {
    #expect(throws: FormatError.self) {
      try FormatLibrary(overlay: [("keymap/x.json", Array(#"{"source": "s"}"#.utf8))])
    }
  }
}
