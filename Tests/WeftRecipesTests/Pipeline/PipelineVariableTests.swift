import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Variables of pipelines")
struct PipelineVariableTests {
  /// The conversion whose `vae` and `save` are those texts.
  private func step(_ variables: String, vae: String, save: String) throws -> (String?, String?) {
    let text = """
      version: 1
      variables: {\(variables)}
      inputs: [a.ckpt]
      outputs: out
      steps: {a: {convert: input, vae: '\(vae)', save: '\(save)'}}
      """
    let step = try #require(try document(text).pipeline.step("a"))
    guard case .convert(let form) = step.action else { return (nil, nil) }
    return (form.vae, step.save)
  }

  @Test(
    "a text takes the values of variables, and a template keeps the built-in ones and the dollars of all others",
    arguments: [
      ("a: x", "${a}${a}.y", "xx.y", "xx.y"), ("a: 0.50", "v${a}", "v0.50", "v0.50"),
      ("a: true", "${a}.y", "true.y", "true.y"), ("a: ''", "b${a}", "b", "b"),
      ("a: x", "$$${a}$$", "$x$", "$$x$$"), ("a: x", "$${a}", "${a}", "$${a}"),
      ("a: '$$x'", "-${a}", "-$x", "-$$x"), ("a: x, b: '${a}y'", "${b}", "xy", "xy"),
      ("a: '$${name}'", "z${a}", "z${name}", "z$${name}"), ("a: é猫", "${a}}", "é猫}", "é猫}"),
    ])
  func text(variables: String, text: String, plain: String, template: String) throws {
    let (vae, save) = try step(variables, vae: text, save: text)
    #expect(vae == plain)
    #expect(save == template)
    // What the template gives is the plain text again.
    #expect(NameTemplate.text(template, values: [:]) == plain)
  }

  @Test("a value that is one variable has its kind, in quotes and without")
  func kinds() throws {
    let text = """
      version: 1
      variables: {on: true, factor: 0.25, size: 3000, same: "${factor}"}
      inputs: [a.ckpt]
      outputs: out
      steps:
        a:
          fuse: input
          adapters:
            - path: a.safetensors
              unet: ${factor}
              te: "${same}"
          prune: ${on}
          max_shard_size: ${size}
      """
    guard case .fuse(let fuse)? = try document(text).pipeline.step("a")?.action else {
      Issue.record("no fuse")
      return
    }
    #expect(fuse.adapters.first?.unetScale == 0.25)
    #expect(fuse.adapters.first?.textEncoderScale == 0.25)
    #expect(fuse.form.isPruned == true)
    #expect(fuse.form.maximumShardByteCount == 3000)
  }

  @Test("inputs, exclusions and the outputs have the values of variables, keys have none")
  func frame() throws {
    let text = """
      version: 1
      variables: {root: /data}
      inputs: ["${root}/*.ckpt", {list: "${root}/list.txt"}]
      exclude: ["${root}/old/**"]
      outputs: ${root}/out
      steps: {a: {scan: input}}
      """
    let pipeline = try document(text).pipeline
    #expect(
      pipeline.inputs == [PipelineInput(.glob("/data/*.ckpt")), .init(.list("/data/list.txt"))])
    #expect(pipeline.excluded.map(\.glob) == ["/data/old/**"])
    #expect(pipeline.outputFolder == "/data/out")
  }

  @Test(
    "paths that leave the folder of the outputs or go into its state are told apart",
    arguments: [
      ("a", true), ("a/b", true), ("./a", true), ("a/...", true), ("..a", true), (".weft2", true),
      ("a/.weft", true), ("/a", false), ("..", false), ("a/..", false), ("a/../b", false),
      (".weft", false), (".weft/a", false), ("./.weft//a", false), (".//../a", false),
    ])
  func places(path: String, staysBelow: Bool) {
    #expect(NameTemplate.staysBelow(path) == staysBelow)
  }
}
