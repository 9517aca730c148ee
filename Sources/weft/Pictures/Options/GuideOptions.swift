import ArgumentParser

/// What guides a picture beside the prompt.
struct GuideOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A ControlNet; may be given again, each with its own --control-image.", valueName: "path"))
  var controlnet: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "What a ControlNet looks at, such as edges, scaled to the picture's size.",
      valueName: "image"))
  var controlImage: [String] = []

  @Option(
    name: [.long, .customLong("control-strength")], parsing: .singleValue,
    help: ArgumentHelp("How strongly a ControlNet guides (default: 1).", valueName: "s"))
  var controlScale: [Double] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The part of the steps in which a ControlNet guides, such as 0:0.8.", valueName: "from:to"))
  var controlRange: [StepRange] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "An IP-Adapter, plain or plus; may be given again, each with its own --ip-image.",
      valueName: "path"))
  var ipAdapter: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("The picture that is an IP-Adapter's prompt.", valueName: "image"))
  var ipImage: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("How strongly an IP-Adapter guides (default: 1).", valueName: "s"))
  var ipScale: [Double] = []

  @Option(
    help: ArgumentHelp(
      "The vision encoder that IP-Adapters look with, such as CLIP ViT-H.", valueName: "path"))
  var clipVision: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A T2I-Adapter; may be given again, each with its own --t2i-image.", valueName: "path"))
  var t2iAdapter: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("What a T2I-Adapter looks at.", valueName: "image"))
  var t2iImage: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("How strongly a T2I-Adapter guides (default: 1).", valueName: "s"))
  var t2iScale: [Double] = []

  func validate() throws {
    try Self.requirePairs("controlnet", controlnet, "control-image", controlImage)
    try Self.requirePairs("ip-adapter", ipAdapter, "ip-image", ipImage)
    try Self.requirePairs("t2i-adapter", t2iAdapter, "t2i-image", t2iImage)
    try Self.requireNoMore("control-scale", controlScale.count, than: controlnet.count)
    try Self.requireNoMore("control-range", controlRange.count, than: controlnet.count)
    try Self.requireNoMore("ip-scale", ipScale.count, than: ipAdapter.count)
    try Self.requireNoMore("t2i-scale", t2iScale.count, than: t2iAdapter.count)
    if ipAdapter.isEmpty, clipVision != nil {
      throw ValidationError("--clip-vision is what IP-Adapters look with: add --ip-adapter PATH")
    }
    if !ipAdapter.isEmpty, clipVision == nil {
      throw ValidationError("an IP-Adapter looks with a vision encoder: add --clip-vision PATH")
    }
  }

  private static func requirePairs(
    _ name: String, _ networks: [String], _ imageName: String, _ images: [String]
  ) throws {
    guard networks.count != images.count else { return }
    throw ValidationError(
      "there are \(networks.count) of --\(name) and \(images.count) of --\(imageName): give one for each"
    )
  }

  private static func requireNoMore(_ name: String, _ count: Int, than networks: Int) throws {
    guard count > networks else { return }
    throw ValidationError("there are more of --\(name) than networks that take them")
  }
}

/// A part of the steps, such as `0:0.8`.
struct StepRange: ExpressibleByArgument {
  let range: ClosedRange<Double>

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard parts.count == 2, numbers.count == 2, numbers[0] >= 0, numbers[0] < numbers[1],
      numbers[1] <= 1
    else { return nil }
    range = numbers[0]...numbers[1]
  }
}
