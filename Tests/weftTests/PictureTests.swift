import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft txt2img, img2img and inpaint")
struct PictureTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let small = ["-W", "64", "-H", "64", "--steps", "2"]

  private func make(
    _ arguments: [String], status: Int32 = 0
  ) throws -> Tool.Result {
    let result = try Tool.run(arguments)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    if status != 0 { #expect(result.errorLines.count == 1 && result.output.isEmpty) }
    return result
  }

  /// Makes a small picture of the demo's model and gives its path.
  private func picture(_ name: String = "a.png", _ more: [String] = []) throws -> String {
    let path = folder.path(name)
    _ = try make(
      ["txt2img", try DemoFiles.base, "--prompt", "a cat", "-o", path] + Self.small + more)
    return path
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  @Test("makes the same picture on any number of threads, with its settings in it")
  func sameBytes() throws {
    let (one, two) = (
      try picture("1.png", ["--threads", "1"]), try picture("2.png", ["--threads", "2"])
    )
    #expect(try bytes(one) == bytes(two))
    let file = try PictureFile.read(one)
    #expect((file.picture.width, file.picture.height) == (64, 64))
    let text = try #require(file["parameters"])
    #expect(text.hasPrefix("a cat\n"))
    #expect(text.contains("Steps: 2, Sampler: PLMS, "))
    #expect(text.contains("Seed: 42, Size: 64x64, Model hash: "))
    #expect(text.contains(", RNG: CPU, Version: weft "))
    #expect(!text.contains("/") && !(file["weft"] ?? "/").contains("/"))
  }

  @Test("makes the picture again from a picture, PNG or JPEG")
  func again() throws {
    let more = [
      "--sampler", "DPM++ 2M Karras", "--cfg-scale", "5.5", "--negative", "dull, \"grey\"",
    ]
    let first = try picture("1.png", more)
    let jpeg = try picture("1.jpg", more)
    for (index, source) in [first, jpeg].enumerated() {
      let path = folder.path("again \(index).png")
      _ = try make(["txt2img", try DemoFiles.base, "--from", source, "-o", path])
      #expect(try bytes(path) == bytes(first))
    }
  }

  @Test("counts the seeds of a batch")
  func batch() throws {
    let path = try picture("b.png", ["--batch", "2", "--seed", "7"])
    let second = folder.path("b_2.png")
    #expect(try bytes(second) == bytes(picture("8.png", ["--seed", "8"])))
    #expect(try bytes(path) != bytes(second))
  }

  @Test("takes latents out and in again")
  func latents() throws {
    let saved = folder.path("l.safetensors")
    let first = try picture("1.png", ["--save-latents", saved])
    let checkpoint = try Checkpoint.open(saved)
    #expect(checkpoint["latents"]?.info.shape == [1, 4, 8, 8])
    let decoded = folder.path("d.png")
    _ = try make(
      ["img2img", try DemoFiles.base, "--init", saved, "--strength", "0.5", "-o", decoded]
        + Self.small)
    #expect(try bytes(first) != bytes(decoded))
  }

  @Test("begins with a picture of any size, and keeps what a mask does not show")
  func pictures() throws {
    let original = Picture(
      width: 80, height: 72, channelCount: 3, values: (0..<80 * 72 * 3).map { UInt8($0 * 7 % 251) })
    var mask = Picture(
      width: 80, height: 72, channelCount: 1, values: [UInt8](repeating: 0, count: 80 * 72))
    for row in 0..<36 { for column in 0..<80 { mask.values[row * 80 + column] = 255 } }
    let (source, shape) = (folder.path("o.png"), folder.path("m.png"))
    try PictureFile(original).write(to: source, replacing: false)
    try PictureFile(mask).write(to: shape, replacing: false)
    let (whole, part) = (folder.path("w.png"), folder.path("p.png"))
    _ = try make(
      [
        "img2img", try DemoFiles.base, "-i", source, "--strength", "0.5", "--steps", "4", "-o",
        whole,
      ])
    #expect(try PictureFile.read(whole).picture.width == 80)
    _ = try make(
      [
        "inpaint", try DemoFiles.base, "-i", source, "--mask", shape, "--steps", "2",
        "--paste-back",
      ]
        + ["-o", part])
    let painted = try PictureFile.read(part).picture
    let half = 36 * 80 * 3
    #expect(painted.values[half...].elementsEqual(original.values[half...]))
    #expect(!painted.values[..<half].elementsEqual(original.values[..<half]))
  }

  @Test("a ResAdapter changes the picture, and the fused model makes the same")
  func adapter() throws {
    let plain = try picture("1.png", ["--backend", "reference"])
    let adapted = try picture(
      "2.png", ["--backend", "reference", "--adapter", try DemoFiles.resAdapter])
    let fused = folder.path("3.png")
    _ = try make(
      ["txt2img", try DemoFiles.fused, "--prompt", "a cat", "-o", fused, "--backend", "reference"]
        + Self.small)
    let pictures = try [plain, adapted, fused].map { try PictureFile.read($0).picture.values }
    #expect(pictures[0] != pictures[1])
    // The file's weights are rounded to F16.
    let difference = zip(pictures[1], pictures[2]).map { abs(Int($0) - Int($1)) }.max() ?? 0
    #expect(difference <= 2)
    #expect(
      try #require(PictureFile.read(adapted)["parameters"]).contains("Lora hashes: \"resadapter: "))
  }

  @Test(
    "refuses what cannot be made",
    arguments: [
      (["--prompt", "x", "-W", "100", "-H", "64"], 64, "try 104"),
      (["--prompt", "x", "--steps", "0"], 64, "1 to 1000"),
      (["--prompt", "x", "--steps", "1000000"], 64, "1 to 1000"),
      (["--prompt", "x", "--sampler", "eulre"], 64, "Euler"),
      (["--prompt", "x", "--schedule", "karas"], 64, "Karras"),
      (["--prompt", "x", "--seed", "-2"], 64, "--seed"),
      (["--prompt", "x", "--seed", "9223372036854775807"], 64, "seed"),
      (["-W", "64", "-H", "64"], 64, "what is wanted"),
      (["--prompt", "x", "-W", "2048", "--hires-scale", "8"], 64, "8192"),
      (["--prompt", "x", "--preview", "p.png"], 64, "--taesd"),
      (["--prompt", "x", "--clip-vision", "v"], 64, "--ip-adapter"),
      (["--prompt", "<lora:../../x:1>", "--adapter-dir", "."], 65, "not a path"),
      (["--prompt", "<lora:x:1>"], 64, "--adapter-dir"),
      (["--prompt", "x", "--clip-skip", "13"], 64, "--clip-skip"),
      (["--prompt", "x", "--vae", "/nowhere"], 66, "/nowhere"),
      (["--prompt", "x", "--controlnet", "c"], 64, "--control-image"),
      (["--prompt", "x", "--multidiffusion", "--window-stride", "7"], 64, "multiple of 8"),
    ])
  func refusals(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let path = folder.path("x.png")
    let result = try make(
      ["txt2img", try DemoFiles.base, "-o", path] + arguments, status: status)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("takes a prompt from standard input only as UTF-8")
  func prompts() throws {
    let path = folder.path("shell.png")
    let command = "printf '\\xff' | \"$0\" txt2img \"$1\" --prompt - -o \"$2\""
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", command, Tool.url.path, try DemoFiles.base, path]
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 65)
  }

  @Test(
    "takes A1111's settings, and refuses those that make no picture",
    arguments: [
      ("parameters", "cat\nSteps: 2, Sampler: DDIM, CFG scale: 7, Seed: 5, Size: 64x64", Int32(0)),
      ("parameters", "cat\nSteps: 2, Sampler: Euler a, Seed: 5, Size: 64x64, RNG: CPU", 0),
      ("parameters", "cat\nSteps: 2, Sampler: Euler, CFG scale: nan, Size: 64x64", 64),
      ("parameters", "cat\nSteps: 2, Sampler: Euler, Seed: -7, Size: 64x64", 64),
      ("parameters", "cat\nSteps: 2, Seed: 99999999999999999999999, Size: 64x64", 65),
      ("parameters", "cat\nSteps: 2, Sampler: Euler, Size: 80000x80000", 64),
      ("parameters", "cat\nSteps: 2, Size: 64x64, Hires upscale: 1e300", 64),
      ("weft", "no object", 65), ("weft", "[]", 65), ("weft", "{\"settings\":5}", 65),
      ("weft", "{\"settings\":{\"width\":9223372036854775800}}", 64),
    ])
  func strangers(_ keyword: String, _ text: String, _ status: Int32) throws {
    let source = folder.path("from.png")
    try PictureFile(
      Picture(width: 8, height: 8, channelCount: 1, values: [UInt8](repeating: 0, count: 64)),
      texts: [PictureFile.Text(keyword, text)]
    ).write(to: source, replacing: false)
    let more = keyword == "weft" ? ["--prompt", "x"] : []
    _ = try make(
      ["txt2img", try DemoFiles.base, "--from", source, "-o", folder.path("to.png")] + more,
      status: status)
  }

  @Test("takes a negative seed as a new one, and never writes over what it reads")
  func seedsAndInputs() throws {
    let path = try picture("n.png", ["--seed", "-1"])
    _ = try make(
      [
        "img2img", try DemoFiles.base, "-i", path, "-p", "x", "--steps", "2", "-o", path, "--force",
      ],
      status: 73)
    _ = try make(
      ["txt2img", try DemoFiles.base, "--from", path, "-o", path, "--force"], status: 73)
    let both = folder.path("l.safetensors")
    _ = try make(
      [
        "txt2img", try DemoFiles.base, "-p", "x", "-o", folder.path("o.png"), "--save-latents",
        both,
      ]
        + ["--save-steps", both], status: 64)
  }

  @Test("refuses an output that exists before anything is computed")
  func existing() throws {
    let path = try picture()
    let before = try bytes(path)
    _ = try make(
      ["txt2img", try DemoFiles.base, "--prompt", "x", "-o", path] + Self.small, status: 73)
    #expect(try bytes(path) == before)
  }

  @Test("refuses damaged pictures and masks of another size")
  func damaged() throws {
    let source = try picture()
    let cut = folder.path("cut.png")
    try bytes(source).prefix(200).write(to: URL(filePath: cut))
    let text = folder.path("text.png")
    try Data("no picture".utf8).write(to: URL(filePath: text))
    let (model, output) = (try DemoFiles.base, folder.path("y.png"))
    for bad in [cut, text] {
      _ = try make(["img2img", model, "-i", bad, "-o", output], status: 65)
    }
    let mask = folder.path("mask.png")
    try PictureFile(
      Picture(width: 8, height: 8, channelCount: 1, values: [UInt8](repeating: 255, count: 64))
    ).write(to: mask, replacing: false)
    let result = try make(
      ["inpaint", model, "-i", source, "--mask", mask, "-o", output], status: 65)
    #expect(result.errors.contains("8 by 8"))
    _ = try make(["txt2img", model, "--from", mask, "-o", output], status: 65)
  }

  @Test("says which option supplies what a model lacks")
  func missing() throws {
    let unet = folder.path("unet.safetensors")
    let folderModel = try DemoFiles.path("fused/unet/diffusion_pytorch_model.safetensors")
    try FileManager.default.copyItem(atPath: folderModel, toPath: unet)
    let base = try DemoFiles.base
    let arguments = ["txt2img", unet, "--prompt", "x", "-o", folder.path("z.png")] + Self.small
    let first = try make(arguments, status: 66)
    #expect(first.errors.contains("--encoders"))
    let second = try make(arguments + ["--encoders", base], status: 66)
    #expect(second.errors.contains("--vae"))
    _ = try make(arguments + ["--encoders", base, "--vae", base])
  }
}
