import CKernels
import WeftTensors

extension ReferenceBackend {
  /// Each group is one sum in float64, over which threads are not divided.
  package func groupNorm(
    _ x: consuming Tensor, _ norm: NormParameters, groups: Int, _ activation: Activation?
  ) throws -> Tensor {
    precondition(x.shape.rank >= 2 && groups > 0 && x[1] % groups == 0)
    precondition(norm.weight.elementCount == x[1] && norm.bias.elementCount == x[1])
    let (pictures, channels) = (x[0], x[1] / groups)
    let count = x.shape.dimensions.dropFirst(2).reduce(1, *)
    let target = room(for: &x)
    let source = x
    guard count > 0, channels > 0 else { return target }
    try Parallel.run(threads: threads, count: pictures * groups) { [kernels] _, item in
      let (first, offset) = (item % groups * channels, item * channels * count)
      // In bounds: the group is `channels · count` elements of both tensors.
      withExtendedLifetime((source, norm)) {
        kernels.table.pointee.normalize_group(
          source.start(at: offset), channels, count, norm.weight.start(at: first),
          norm.bias.start(at: first), norm.epsilon, activation.raw, target.start(at: offset))
      }
    }
    return target
  }

  /// Each row by itself.
  package func layerNorm(_ x: consuming Tensor, _ norm: NormParameters) throws -> Tensor {
    let columns = x.shape.dimensions.last ?? 1
    precondition(norm.weight.elementCount == columns && norm.bias.elementCount == columns)
    let target = room(for: &x)
    let source = x
    guard columns > 0 else { return target }
    try inParts(of: x.elementCount / columns, size: max(1, (64 << 10) / columns)) {
      [kernels] rows in
      let offset = rows.lowerBound * columns
      // In bounds: the rows are those of both tensors.
      withExtendedLifetime((source, norm)) {
        kernels.table.pointee.normalize_rows(
          source.start(at: offset), rows.count, columns, norm.weight.start, norm.bias.start,
          norm.epsilon, target.start(at: offset))
      }
    }
    return target
  }
}
