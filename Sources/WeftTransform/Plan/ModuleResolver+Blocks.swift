import WeftFormats

extension ModuleResolver {
  /// The factors by which the model's blocks take an adapter.
  func blockFactors(of source: AdapterSource) throws -> BlockFactors {
    try BlockFactors(
      source.request,
      isResAdapter: source.request.blockWeights != nil && !halves(of: source).isEmpty,
      architecture: base.recognition.architecture, library: library)
  }

  /// The weight of norms that replace the model's; only block weights make a replacement a partial one.
  func normWeight(
    of module: CanonicalModule, request: AdapterRequest, blocks: BlockFactors
  ) -> Double {
    let factor = blocks.factor(of: module)
    return recipe.normMode == .replace ? factor : request.normWeight * factor
  }
}
