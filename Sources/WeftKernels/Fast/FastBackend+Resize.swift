import CKernels
import WeftTensors

extension FastBackend {
  /// Pixels are copied; those between pixels are made of planes.
  package func resize(
    _ x: Tensor, height: Int, width: Int, _ filter: ResizeFilter
  ) throws -> Tensor {
    precondition(x.shape.rank == 4 && x[2] > 0 && x[3] > 0 && height > 0 && width > 0)
    if filter == .nearest { return try picked(x, height: height, width: width) }
    let planes = try Taps.resize(
      plain(x), height: height, width: width, filter, threads: threads, on: .oneDNN, pool)
    return try own(planes)
  }

  /// The nearest pixels.
  private func picked(_ x: Tensor, height: Int, width: Int) throws -> Tensor {
    let x = try own(x)
    let lines = Taps(from: x[2], to: height, .nearest).first
    let places = Taps(from: x[3], to: width, .nearest).first
    let result = room([x[0], x[1], height, width])
    let line = x[3] * x[1]
    try inRows(of: x[0] * height, columns: width * x[1]) { part in
      for row in part {
        let source = (row / height * x[2] + lines[row % height]) * line
        // In bounds: places lie within the lines that they were made for.
        withExtendedLifetime(x) {
          weft_pick_pixels(
            x.bytes(at: source), places, width, x[1] * x.element.byteCount,
            result.bytes(at: row * width * x[1]))
        }
      }
    }
    return result
  }

  /// The means of squares of 2 by 2.
  package func averagePool(_ x: Tensor) throws -> Tensor {
    precondition(x.shape.rank == 4)
    let x = try own(x)
    let (height, width) = ((x[2] + 1) / 2, (x[3] + 1) / 2)
    let result = room([x[0], x[1], height, width])
    try inRows(of: x[0] * height, columns: width * x[1]) { [elements] part in
      for row in part {
        let line = row % height * 2
        // In bounds: the lines are within the picture, and make one of the result.
        withExtendedLifetime(x) {
          elements.table.pointee.average_pool(
            x.bytes(at: (row / height * x[2] + line) * x[3] * x[1]), min(2, x[2] - line), x[3],
            x[1], x.element.raw, result.bytes(at: row * width * x[1]))
        }
      }
    }
    return result
  }
}
