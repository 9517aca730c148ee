import WeftKernels
import WeftTensors

extension Tensor {
  /// Refuses an input that is no `[N, C, H, W]`.
  func requirePicture(_ name: String) throws {
    guard shape.rank == 4, elementCount > 0 else {
      throw NetworkError.input(
        "\(name) is \(shape), but must be [N, C, H, W]",
        advice: "give \(name) four dimensions, of which none is empty")
    }
  }

  /// Refuses a picture whose height or width is no multiple of `factor`, and says the next sizes that are.
  func requireMultiple(of factor: Int, _ name: String) throws {
    try requirePicture(name)
    let sizes = [shape.dimensions[2], shape.dimensions[3]]
    guard sizes.contains(where: { $0 % factor != 0 }) else { return }
    func text(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " by ") }
    let smaller = sizes.map { max(factor, $0 / factor * factor) }
    let larger = sizes.map { ($0 + factor - 1) / factor * factor }
    throw NetworkError.input(
      "\(name) has \(text(sizes)) pixels, but both numbers must be multiples of \(factor)",
      advice: "give one of \(text(smaller)) or \(text(larger))")
  }
}
