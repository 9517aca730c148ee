import WeftKernels
import WeftTensors

/// The way of a latent from noise towards a picture, so that a UNet sees what it sees when it is used.
struct DenoisingPath {
  let schedule: NoiseSchedule

  /// Runs a network at each timestep; its inputs at the first are given.
  ///
  /// A network for inpainting or editing has further channels behind the latent's, which stay as they are.
  func run(
    _ first: NetworkInputs, timesteps: [Int],
    _ predict: (NetworkInputs) throws -> [NamedTensor]
  ) throws {
    var inputs = first
    for (step, timestep) in timesteps.enumerated() {
      inputs = inputs.replacing("timestep", Tensor([1], [Float(timestep)]))
      let outputs = try predict(inputs)
      guard step + 1 < timesteps.count, let output = outputs.first?.tensor,
        let sample = inputs["sample"]?.tensor
      else { return }
      let count = output.elementCount
      let values = sample.floats
      let next = schedule.moved(
        Array(values.prefix(count)), predicted: output.floats, from: timestep,
        to: timesteps[step + 1])
      inputs = inputs.replacing("sample", Tensor(sample.shape, next + values.dropFirst(count)))
    }
  }
}

extension NetworkInputs {
  /// The same inputs with other values for one of them.
  func replacing(_ name: String, _ tensor: Tensor) -> NetworkInputs {
    var tensors: [String: InputTensor] = [:]
    for name in names { tensors[name] = self[name] }
    tensors[name] = InputTensor(tensor)
    return NetworkInputs(tensors)
  }
}
