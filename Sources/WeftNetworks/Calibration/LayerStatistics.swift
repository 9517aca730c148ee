import Synchronization
package import WeftKernels
import WeftTensors

/// Measures what goes into every convolution and linear layer of a network, over as many runs as it watches.
package final class LayerStatistics: InputObserver {
  private struct State {
    var paths: [String] = []
    var energies: [String: InputEnergy] = [:]
  }

  private let threads: Int
  private let state = Mutex(State())

  /// Starts with nothing measured; so many threads work, which changes no number.
  package init(threads: Int) { self.threads = threads }

  package func observe(_ input: LayerInput) throws {
    let energy = try measure(input)
    state.withLock { state in
      if state.energies[input.path] == nil { state.paths.append(input.path) }
      state.energies[input.path, default: .none(like: energy)] += energy
    }
  }

  private func measure(_ input: LayerInput) throws -> InputEnergy {
    guard let geometry = input.geometry else {
      return try InputEnergy(of: input.values, threads: threads)
    }
    let kernel = input.weight.dimensions
    return try InputEnergy(
      of: input.values, kernel: (kernel[2], kernel[3]), geometry, threads: threads)
  }

  /// The layers' paths with what was measured, in the order in which they ran first.
  package var layers: [(path: String, energy: InputEnergy)] {
    state.withLock { state in
      state.paths.compactMap { path in state.energies[path].map { (path, $0) } }
    }
  }
}

extension InputEnergy {
  /// Nothing yet of a layer.
  fileprivate static func none(like other: InputEnergy) -> InputEnergy {
    InputEnergy(sums: [Double](repeating: 0, count: other.sums.count), count: 0, largest: 0)
  }
}
