import Foundation
import Testing
import WeftInference
import WeftTensors

@Suite("Adapters in prompts")
struct AdapterTagTests {
  @Test(arguments: [
    ("a <lora:x:0.5> b", "a  b", ["x 0.5 0.5"]),
    ("<lora:x>", "", ["x 1.0 1.0"]),
    ("<lyco:x y:0.5:1>", "", ["x y 0.5 1.0"]),
    ("<lora:x:te=0.2:unet=-1>", "", ["x 0.2 -1.0"]),
    ("<lora:x:unet=0.5>", "", ["x 1.0 0.5"]),
    ("<lora:a:1><lora:b:2> # <lora:c:3>\nd", " \nd", ["a 1.0 1.0", "b 2.0 2.0"]),
    ("<3 <lora <lora:> a<b:c", "<3 <lora <lora:> a<b:c", []),
  ])
  func `are taken out with their scales`(prompt: String, text: String, adapters: [String]) throws {
    let tagged = try TaggedPrompt(prompt)
    #expect(tagged.text == text)
    #expect(
      tagged.adapters.map { "\($0.name) \($0.textEncoderScale) \($0.unetScale)" } == adapters)
    #expect(tagged.notes.isEmpty)
  }

  @Test(arguments: [
    "<lora:../../x:1>", "<lora:a/b:1>", "<lora:a\\b>", "<lora:..>", "<lora:.>", "<lora::1>",
    "<lora:te=1>", "<lora:a\0b:1>", "<lora:x:much>", "<lora:x:nan>", "<lora:x:1:unet=>",
  ])
  func `are refused by their tag when the name is no name or the scale no number`(
    tag: String
  ) throws {
    let error = try #require(throws: PromptError.self) { try TaggedPrompt("a \(tag) b") }
    #expect(error.place == tag && error.status == .badData)
  }

  @Test func `are told from what is not used`() throws {
    let tagged = try TaggedPrompt("a <hypernet:x:1> b")
    #expect(tagged.text == "a  b" && tagged.adapters.isEmpty)
    #expect(tagged.notes.count == 1 && tagged.notes[0].contains("<hypernet:x:1>"))
  }

  @Test func `end in a moment in a prompt full of brackets`() throws {
    let prompt = String(repeating: "<a:", count: 300_000)
    #expect(try TaggedPrompt(prompt).text == prompt)
    #expect(try TaggedPrompt(prompt + ">").text.isEmpty)
  }

  private func tag(_ name: String) throws -> AdapterTag {
    try #require(try TaggedPrompt("<lora:\(name):1>").adapters.first)
  }

  @Test func `are found in their folder and in those in it`() throws {
    let folder = try PromptFolder()
    for name in [
      "one.safetensors", "deep/er/two.pt", "resadapter/pytorch_lora_weights.safetensors",
      "note.txt", "twice.safetensors", "deep/twice.bin",
    ] { try folder.write(to: name) }
    let adapters = try AdapterDirectory(folder.path)
    #expect(try adapters.path(of: tag("one")) == folder.path + "/one.safetensors")
    #expect(try adapters.path(of: tag("one.safetensors")) == folder.path + "/one.safetensors")
    #expect(try adapters.path(of: tag("two")) == folder.path + "/deep/er/two.pt")
    #expect(try adapters.path(of: tag("resadapter")) == folder.path + "/resadapter")
    #expect(try adapters.path(of: tag("twice.bin")) == folder.path + "/deep/twice.bin")
    let twice = try #require(throws: PromptError.self) { try adapters.path(of: tag("twice")) }
    #expect(twice.what.contains("twice.bin or "))
    for (name, nearest) in [("onee", "one"), ("note", "one"), ("twise.bin", "twice.bin")] {
      let error = try #require(throws: PromptError.self) { try adapters.path(of: tag(name)) }
      #expect(error.status == .noInput && error.advice.contains("'\(nearest)'"), "\(error)")
    }
  }

  @Test func `are not found outside of their folder`() throws {
    let (folder, outside) = (try PromptFolder(), try PromptFolder())
    let secret = try outside.write(to: "secret.safetensors")
    try folder.write(to: "in/one.safetensors")
    let files = FileManager.default
    let links = [
      ("link.safetensors", secret), ("folder", outside.path), ("loop", folder.path),
      ("same.safetensors", folder.path + "/in/one.safetensors"),
      ("lost.safetensors", "/nowhere"),
    ]
    for (name, target) in links {
      try files.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: target)
    }
    let adapters = try AdapterDirectory(folder.path)
    for name in ["link", "secret", "lost"] {
      #expect(throws: PromptError.self, "\(name)") { try adapters.path(of: tag(name)) }
    }
    #expect(try adapters.path(of: tag("same")) == folder.path + "/same.safetensors")
    #expect(try adapters.path(of: tag("one")) == folder.path + "/in/one.safetensors")
    #expect(throws: PromptError.self) { try AdapterDirectory(folder.path + "/nowhere") }
  }
}
