package import WeftRecipes
package import WeftTransform

/// The fuses of a pass as one: their adapters in order, with one number that may be varied.
package struct JoinedFuse: Sendable, Equatable {
  /// The adapters of all steps, in order.
  package private(set) var adapters: [RecipeAdapter]
  /// The words of the last step, which are those of all.
  private let options: PipelineFuse
  /// The sweep, and which of the adapters are those of its step.
  package private(set) var sweep: (FuseSweep, adapters: Range<Int>)?

  package static func == (left: JoinedFuse, right: JoinedFuse) -> Bool {
    left.adapters == right.adapters && left.options == right.options
      && left.sweep?.0 == right.sweep?.0
  }

  /// Starts with a step.
  init(_ fuse: PipelineFuse) throws {
    adapters = fuse.adapters
    options = fuse
    sweep = try fuse.sweep.map { (try FuseSweep(argument: $0), adapters: fuse.adapters.indices) }
  }

  /// Adds a step that comes after.
  ///
  /// - Throws: when the two cannot be one fuse.
  func adding(_ fuse: PipelineFuse, step: String) throws -> JoinedFuse {
    guard fuse.norm == options.norm, fuse.normBase == options.normBase,
      fuse.tloraBase == options.tloraBase, fuse.alphaZero == options.alphaZero
    else {
      throw PipelineError.refused(
        "fuses in one pass must agree in norm, norm_base, tlora_base and alpha_zero",
        at: "the step '\(step)'",
        advice: "give them the same, or save the step before and quantise it between them")
    }
    var result = self
    let next = try JoinedFuse(fuse)
    if let (sweep, own) = next.sweep {
      guard self.sweep == nil else {
        throw PipelineError.refused(
          "only one number can be swept at a time", at: "the step '\(step)'",
          advice: "leave one 'sweep' out, or make two branches of steps")
      }
      result.sweep = (
        sweep, own.lowerBound + adapters.count..<own.upperBound + adapters.count
      )
    }
    result.adapters += next.adapters
    return result
  }

  /// Whether one number varies.
  package var isSweep: Bool { sweep != nil }

  /// The words that tell the variants apart; one empty word without a sweep.
  package var variants: [String] {
    sweep.map { sweep in sweep.0.values.map(sweep.0.label) } ?? [""]
  }

  var normMode: NormMode { NormMode(rawValue: options.norm) ?? .replace }
  var alphaZero: AlphaZero { AlphaZero(rawValue: options.alphaZero) ?? .refused }
  var normBase: String? { options.normBase }
  var tloraBase: String? { options.tloraBase }

  /// The adapters of a variant, as the command line has them.
  ///
  /// - Throws: when the sweep names an adapter that is not there.
  func requests(variant number: Int, place: PipelinePlace) throws -> [AdapterRequest] {
    var requests = try adapters.map { adapter in
      var request = try AdapterRequest(adapter)
      request.path = place.path(request.path)
      return request
    }
    guard let (sweep, own) = sweep else { return requests }
    var recipe = FuseRecipe(basePath: "", adapters: Array(requests[own]))
    recipe.normMode = normMode
    requests.replaceSubrange(own, with: try sweep.recipes(of: recipe)[number].adapters)
    return requests
  }
}
