import WeftRecipes
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Predicts what a task takes, from the headers of its model.
struct CostModel {
  /// Bytes a second of one processor: measured on two cores of an AMD EPYC, rounded down.
  private static let hashRate = 1.5e9
  private static let copyRate = 0.7e9
  private static let encodingRate = 0.15e9
  private static let proofRate = 0.25e9
  /// What starting a task takes beside its bytes, in seconds.
  private static let startSeconds = 0.02
  /// What passes over files that are not there yet are taken to hold.
  private static let usualByteCount = 128 << 20
  /// What a worker holds beside the plan's prediction: the pipeline and its records.
  private static let workerByteCount = 16 << 20
  /// The networks of both models in float32, beside buffers.
  private static let forwardFactor = 5

  let place: PipelinePlace
  let library: FormatLibrary

  /// The cost of a task.
  ///
  /// - Throws: what its run would throw before anything is written.
  func cost(of task: ManifestTask, recipe: TaskRecipe) throws -> TaskCost {
    var cost = TaskCost()
    let input = place.path(task.input)
    var sizes: [Int] = []
    cost.seconds = Self.startSeconds + Double(task.byteCount) / Self.hashRate
    cost.workByteCount = task.byteCount
    for pass in recipe.passes {
      let (byteCounts, memory) = try measure(pass, input: input, sizes: sizes)
      let size = byteCounts.reduce(0, +)
      sizes.append(size)
      cost.byteCounts += byteCounts
      cost.outputByteCount += size
      cost.workByteCount += task.byteCount + size
      cost.memoryByteCount = max(cost.memoryByteCount, memory)
      let rate = pass.form.quantization == nil ? Self.copyRate : Self.encodingRate
      cost.seconds += Double(task.byteCount) / Self.copyRate + Double(size) / rate
    }
    for proof in recipe.proofs {
      let size = sizes[proof.pass]
      cost.workByteCount += task.byteCount + size
      cost.seconds += Double(task.byteCount + size) / Self.proofRate
      if proof.verification.level == "forward" {
        cost.memoryByteCount += Self.forwardFactor * task.byteCount
      }
    }
    cost.memoryByteCount += Self.workerByteCount
    return cost
  }

  /// The sizes of the outputs of a pass and the memory that it takes.
  private func measure(
    _ pass: ModelPass, input: String, sizes: [Int]
  ) throws -> (byteCounts: [Int], memoryByteCount: Int) {
    // The file that the pass will read is not there yet.
    if case .pass(let source) = pass.source {
      return (pass.outputs.map { _ in sizes[source] }, Self.usualByteCount)
    }
    var byteCounts: [Int] = []
    var memory = 0
    for output in pass.outputs {
      let plan: ModelPlan =
        switch try pass.recipe(input: input, output: output, place: place) {
        case .convert(let recipe):
          try ConvertPlanner.plan(recipe, library: library, threads: 1)
        case .fuse(let recipe):
          try FusePlanner.plan(recipe, library: library, threads: 1).model
        }
      byteCounts.append(plan.layout.byteCount)
      memory = max(memory, plan.predictedPeakByteCount)
    }
    return (byteCounts, memory)
  }
}
