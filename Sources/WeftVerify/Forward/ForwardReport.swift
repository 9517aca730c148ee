package import WeftKernels

/// How the networks of a candidate compute beside those of a reference, on the same inputs.
package struct ForwardReport: Sendable {
  /// One set of inputs.
  package struct Case: Sendable, Hashable {
    /// The inputs in words, such as `t 981, 16 × 24, prompt 1`.
    package let title: String
    /// The timestep of a UNet; nil for other networks.
    package let timestep: Int?

    /// Names a set of inputs.
    package init(title: String, timestep: Int? = nil) {
      (self.title, self.timestep) = (title, timestep)
    }
  }

  /// The differences of one output or of one module's output.
  package struct Module: Sendable {
    /// The output's name, or the module's path in diffusers.
    package let path: String
    /// The differences for each case, in the cases' order.
    package var numbers: [Comparison]

    /// Makes a module's result.
    package init(path: String, numbers: [Comparison]) {
      (self.path, self.numbers) = (path, numbers)
    }
  }

  /// The largest relative L2 errors that are accepted.
  package struct Tolerance: Sendable, Hashable {
    /// For a network's outputs.
    package let outputs: Double
    /// For every module's output.
    package let modules: Double
    /// Why these, in words.
    package let reason: String

    /// Makes a tolerance.
    package init(outputs: Double, modules: Double, reason: String) {
      (self.outputs, self.modules, self.reason) = (outputs, modules, reason)
    }
  }

  /// Where a network first leaves the tolerance.
  package struct Divergence: Sendable, Hashable {
    /// The module's path.
    package let path: String
    /// The number of the case.
    package let caseIndex: Int
    /// The relative L2 error; not finite when the output is not.
    package let relativeL2: Double
  }

  /// What came of one network.
  package struct Component: Sendable {
    /// The name of `weft forward`, such as `unet`.
    package let name: String
    /// The sets of inputs.
    package let cases: [Case]
    /// The outputs.
    package let outputs: [Module]
    /// The modules, in the order in which they end.
    package let modules: [Module]
    /// What is accepted.
    package let tolerance: Tolerance
    /// The keys of the two models' own configurations that differ and decide what is computed.
    package let differingKeys: [String]

    /// Makes a result.
    package init(
      name: String, cases: [Case], outputs: [Module], modules: [Module], tolerance: Tolerance,
      differingKeys: [String] = []
    ) {
      self.name = name
      self.cases = cases
      self.outputs = outputs
      self.modules = modules
      self.tolerance = tolerance
      self.differingKeys = differingKeys
    }
  }

  /// The networks that were run.
  package let components: [Component]

  /// Makes a report.
  package init(components: [Component]) { self.components = components }
}

extension ForwardReport.Module {
  /// The largest relative L2 error of all cases; infinite when one is not finite where the other is.
  package var worst: Double { numbers.map(\.divergence).max() ?? 0 }

  /// The differences of all cases as of one tensor.
  package var total: Comparison { numbers.reduce(into: Comparison()) { $0 += $1 } }
}

extension ForwardReport.Component {
  /// The first module, in the order of the network, that is out of tolerance in a case; nil when none is.
  package var firstDivergent: ForwardReport.Divergence? {
    for module in modules where module.worst > tolerance.modules {
      guard let index = module.numbers.firstIndex(where: { $0.divergence == module.worst }) else {
        continue
      }
      return ForwardReport.Divergence(
        path: module.path, caseIndex: index, relativeL2: module.worst)
    }
    return nil
  }

  /// The module that is furthest off.
  package var worstModule: ForwardReport.Module? { modules.max { $0.worst < $1.worst } }

  /// Whether all outputs are within the tolerance.
  package var outputsPass: Bool { outputs.allSatisfy { $0.worst <= tolerance.outputs } }
}

extension Comparison {
  /// The relative L2 error, infinite when values are not finite in one of the tensors alone.
  package var divergence: Double { nonFiniteMismatches > 0 ? .infinity : relativeL2 }
}
