package import WeftFiles
package import WeftKernels
import WeftTensors

/// What was measured of a network's layers.
package struct CalibrationResult {
  /// The layers' paths with what goes into them, in the order in which they run.
  package let layers: [(path: String, energy: InputEnergy)]
  /// How often the network ran.
  package let runCount: Int
  /// Some of the inputs that it ran on: the first, and one from the middle.
  package let samples: [NetworkInputs]
  private let component: ComponentModel

  /// Refuses values that are not finite, which have no scale.
  init(
    component: ComponentModel, layers: [(path: String, energy: InputEnergy)], runCount: Int,
    samples: [NetworkInputs]
  ) throws {
    (self.component, self.layers, self.runCount) = (component, layers, runCount)
    self.samples = samples
    guard let broken = layers.first(where: { !$0.energy.largest.isFinite }) else { return }
    throw NetworkError.activation("what goes into the layer is NaN or infinite", at: broken.path)
  }

  /// What matters to the weights, under the names that the model's own file has for them.
  ///
  /// Layers that the file stores transposed are left out: their columns are not what they are multiplied with. Of several
  /// in one tensor, such as a packed projection, all see the same, and the first one counts.
  package func importance(dataset: String) -> ImportanceRecord {
    var record = ImportanceRecord(entries: [:], datasets: [dataset])
    for (path, energy) in layers {
      guard let name = component.storedName("\(path).weight"), record.entries[name] == nil else {
        continue
      }
      record.entries[name] = ImportanceRecord.Entry(
        sums: energy.sums, counts: [Double(energy.count)], chunkCount: runCount)
    }
    return record
  }

  /// Every weight multiplies once for each row or pixel.
  private func productCount(_ path: String, _ energy: InputEnergy) -> Double {
    let count = component.source.shape("\(path).weight")?.checkedElementCount ?? 0
    return Double(count) * Double(energy.count) / Double(max(1, runCount))
  }

  /// The scales of 8-bit inputs.
  package func int8() throws -> Int8Calibration {
    Int8Calibration(
      component: component.kind.name, model: try component.fingerprint(), runCount: runCount,
      layers: Dictionary(
        uniqueKeysWithValues: layers.map { path, energy in
          (
            path,
            Int8Calibration.Layer(
              inputMaximum: energy.largest, productCount: productCount(path, energy))
          )
        }))
  }
}
