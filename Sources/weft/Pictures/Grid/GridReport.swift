import WeftInference
import WeftTensors

/// What is said of a grid in the end.
struct GridReport {
  let outputs: PictureOutputs
  let plan: GridPlan
  let progress: PictureProgress

  /// Prints it.
  func show(_ talk: TalkOptions) {
    let seconds = progress.seconds
    if talk.json {
      return Console.printResult(
        JSONValue.object([
          "output": .string(outputs.paths[0]), "cells": .integer(plan.cells.count),
          "seconds": .number((seconds * 10000).rounded() / 10000),
          "peak_memory_bytes": .integer(Environment.peakMemoryByteCount),
        ]).compactText)
    }
    guard !talk.quiet else { return }
    Console.printResult(
      printable(
        "\(outputs.paths[0]): \(HumanText.count(plan.cells.count, "picture")) in "
          + HumanText.seconds(seconds)))
  }
}
