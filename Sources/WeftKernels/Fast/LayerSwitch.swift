import Synchronization
import WeftTensors

/// Which layers a backend computes with integers, of those whose weights it holds in both forms.
package final class LayerSwitch: Sendable {
  private let layers = Mutex<Set<String>>([])

  /// Makes a switch that is off for all layers.
  package init() {}

  /// Computes these layers with integers from now on, and no others.
  package func set(_ paths: Set<String>) { layers.withLock { $0 = paths } }

  func isOn(_ path: String) -> Bool { layers.withLock { $0.contains(path) } }
}

/// A weight in both forms.
final class SwitchedWeight: PreparedWeight {
  private let layer: String
  private let layerSwitch: LayerSwitch
  private let exact: FastWeight, integers: FastWeight

  init(_ layer: String, exact: FastWeight, integers: FastWeight, _ layerSwitch: LayerSwitch) {
    (self.layer, self.layerSwitch) = (layer, layerSwitch)
    (self.exact, self.integers) = (exact, integers)
  }

  var shape: Shape { exact.shape }
  var byteCount: Int { exact.byteCount + integers.byteCount }
  /// The form that is used now.
  var current: FastWeight { layerSwitch.isOn(layer) ? integers : exact }
}
