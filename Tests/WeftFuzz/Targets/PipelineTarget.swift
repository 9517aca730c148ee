import WeftFormats
import WeftRecipes

/// Texts of pipelines.
struct PipelineTarget: FuzzTarget {
  let name = "pipeline"

  private static let library = Result { try FormatLibrary.embedded() }
  /// What stands between words.
  private static let separators = Set(" \n,:[]{}\"$".utf8)
  /// What means something at some place.
  private static let words =
    PipelineKeys.document + PipelineKeys.override + PipelineStepKind.allCases.flatMap(\.keys) + [
      "input", "null", "true", "0.5", "${name}", "${a}", "$$", "../x", "q8_0", "gguf", "small",
    ]

  func seeds() throws -> [[UInt8]] {
    let head = "version: 1\ninputs: [\"m/*.ckpt\"]\noutputs: out\n"
    return [
      head
        + "steps: {safe: {scan: input}, small: {convert: , dtype: f16, save: \"${name}.ckpt\"}}\n",
      head + """
        variables: {a: 0.5, b: "${a}/x", c: "${b}${b}"}
        steps:
          small: {fuse: input, adapters: ["x.safetensors:${a}", {path: "${c}", te: "${a}"}], norm: lerp}
          tiny: {quantize: small, type: q8_0, rules: ["*.bias=keep"], to: gguf}
          proof: {verify: tiny, level: weights, tolerance: 0.1}
          sheet: {report: input, json: "${name}.json"}
        overrides:
          - {match: "*xl*", variables: {a: 1}, steps: {tiny: {type: q4_0, to: null}}}
          - {match: "m/[a-c]?.ckpt", skip: [tiny]}
        """,
    ].map { Array($0.utf8) }
  }

  /// Words change places with others, and so do the signs between them.
  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    let cuts = bytes.indices.filter { index in
      index == 0 || Self.separators.contains(bytes[index])
        || Self.separators.contains(bytes[index - 1])
    }
    var pieces = Pieces(bytes, cuts: cuts + [bytes.count])
    guard pieces.count > 0 else { return ByteMutation.mutate(&bytes, &random) }
    if random.isOne(in: 2), let word = random.element(of: Self.words) {
      pieces.replace(random.below(pieces.count), with: word.utf8)
    } else {
      pieces.rearrange(&random)
    }
    bytes = pieces.bytes
  }

  func read(_ path: String, into hasher: inout Hasher) throws -> String? {
    let document = try PipelineDocument.read(path, library: Self.library.get())
    let fitting = ["m/axl.ckpt", "/m/b.ckpt", "xl/c"].map(document.overrides(fitting:))
    let pipeline = document.pipeline
    hasher.combine(pipeline.steps.map(\.name))
    hasher.combine(pipeline.inputs.count)
    hasher.combine(fitting)
    for step in pipeline.steps {
      let isOrdered = pipeline.steps.prefix { $0.name != step.name }
        .contains { $0.name == step.source.name }
      guard isOrdered || step.source.name == PipelineStep.input else {
        throw Finding("the step \(step.name) comes before the one that it takes")
      }
      if let save = step.save, !NameTemplate.staysBelow(NameTemplate.text(save, values: [:])),
        NameTemplate.Variable.allCases.allSatisfy({ !NameTemplate.uses($0, in: save) })
      {
        throw Finding("the output \(save) leaves its folder")
      }
    }
    return "\(pipeline.steps.count) steps, \(document.overrideCount) overrides"
  }
}
