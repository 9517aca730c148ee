package import WeftNetworks

/// A network that is loaded, and the run that computes it.
package struct ReadyNetwork<Network: Sendable>: Sendable {
  /// The network.
  package let network: Network
  /// The run, with a backend of its own.
  package let pass: Pass
  /// Where it comes from.
  package let component: ComponentModel
}
