package import WeftKernels

extension ForwardReport.Module {
  /// The number of the case in which it is furthest off; nil when there are no cases.
  package var worstCase: Int? {
    numbers.indices.max { numbers[$0].divergence < numbers[$1].divergence }
  }

  /// The differences in that case.
  package var worstNumbers: Comparison { worstCase.map { numbers[$0] } ?? Comparison() }
}

extension ForwardReport.Component {
  /// Whether every module and every output has the reference's values in all cases.
  package var isEqual: Bool { (modules + outputs).allSatisfy { $0.worst == 0 } }

  /// The output that is furthest off.
  package var worstOutput: ForwardReport.Module? { outputs.max { $0.worst < $1.worst } }

  /// The modules that are out of tolerance, in the order of the network.
  package var divergentModules: [ForwardReport.Module] {
    modules.filter { $0.worst > tolerance.modules }
  }

  /// The title of a case; empty when there is none of this number.
  package func title(ofCase index: Int?) -> String {
    index.map { cases.indices.contains($0) ? cases[$0].title : "" } ?? ""
  }
}

extension ForwardReport {
  /// The output of all networks that is furthest off, and where it is.
  package var worstOutput: (component: Component, output: Module)? {
    components.compactMap { component in component.worstOutput.map { (component, $0) } }
      .max { $0.1.worst < $1.1.worst }
  }

  /// The module of all networks that is furthest off, and where it is.
  package var worstModule: (component: Component, module: Module)? {
    components.compactMap { component in component.worstModule.map { (component, $0) } }
      .max { $0.1.worst < $1.1.worst }
  }

  /// The first module of all networks that is out of tolerance, and where it is.
  package var firstDivergent: (component: Component, divergence: Divergence)? {
    for component in components {
      if let divergence = component.firstDivergent { return (component, divergence) }
    }
    return nil
  }
}

extension Comparison {
  /// The signal-to-noise ratio in decibels; infinite for equal tensors, and NaN when values are not finite in one of the
  /// tensors alone.
  package var decibels: Double { nonFiniteMismatches > 0 ? .nan : signalToNoise }
}
