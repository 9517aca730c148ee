/// The measured types of all tensors as problems of choice, and what a solution means for the tensors.
struct MeasuredChoices {
  private let tensors: [TypeOptions]

  init(_ tensors: [TypeOptions]) { self.tensors = tensors }

  /// The problem in which the size is bounded and the squared error is to be small.
  var bySize: ChoiceProblem {
    ChoiceProblem(
      tensors.map { tensor in
        tensor.options.map { Choice(load: Double($0.byteCount), cost: $0.squaredError) }
      })
  }

  /// The problem in which the squared error is bounded and the size is to be small.
  var byError: ChoiceProblem { ChoiceProblem(bySize.choices.map { $0.map(\.exchanged) }) }

  /// The sum of all squared values.
  var sumOfSquares: Double { tensors.reduce(0) { $0 + $1.sumOfSquares } }

  /// A sum of squared errors relative to the values.
  func error(_ squaredError: Double) -> Double {
    QuantizationGoal.relativeError(squaredError, sumOfSquares: sumOfSquares)
  }

  /// The size of the tensors in a solution, in bytes.
  func byteCount(_ solution: ChoiceSolution) -> Int {
    picked(solution).reduce(0) { $0 + $1.option.byteCount }
  }

  /// The types of the tensors that no rule decides for, by name.
  func types(_ solution: ChoiceSolution) -> [String: String] {
    var types: [String: String] = [:]
    for (tensor, option) in picked(solution) where !tensor.isFixed {
      types[tensor.name] = option.type
    }
    return types
  }

  /// What a solution chose, tensor by tensor.
  func tensors(_ solution: ChoiceSolution) -> [SizeFrontier.Tensor] {
    picked(solution).map { tensor, option in
      SizeFrontier.Tensor(
        name: tensor.name, type: option.type, byteCount: option.byteCount,
        error: QuantizationGoal.relativeError(
          option.squaredError, sumOfSquares: tensor.sumOfSquares))
    }
  }

  private func picked(
    _ solution: ChoiceSolution
  ) -> [(tensor: TypeOptions, option: TypeOptions.Option)] {
    zip(tensors, solution.picks).map { ($0, $0.options[$1]) }
  }
}
