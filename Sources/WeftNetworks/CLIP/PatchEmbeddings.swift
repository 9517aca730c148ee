import WeftKernels
import WeftTensors

/// The vectors of a picture's patches and of their places, after one for the picture itself: `[N, 3, H, W]` to
/// `[N, 1 + patches, C]`.
struct PatchEmbeddings: Sendable {
  private let path: String
  private let patches: ConvolutionLayer
  private let picture, positions: Tensor
  /// The height and width that a picture must have.
  let size: Int

  init(_ loader: ModuleLoader) throws {
    path = loader.path
    let projection = loader["patch_embedding"]
    let kernel = projection.shape("weight")?.dimensions ?? []
    let patch = max(1, kernel.last ?? 1)
    patches = try ConvolutionLayer(projection, stride: patch, padding: .init(all: 0))
    let vector = try loader.tensor("class_embedding")  // [C]
    positions = try loader["position_embedding"].tensor("weight")  // [1 + patches, C]
    let size = Self.size(positions: positions.shape.rowCount, patch: patch)
    guard let size, positions.shape.rank == 2, positions[1] == patches.outputCount,
      vector.shape == [positions[1]], kernel[2] == kernel[3]
    else {
      throw NetworkError.weight(
        "'\(path)' has patches of the shape \(Shape(kernel)), a vector of \(vector.shape) and "
          + "positions of \(positions.shape), which are no square picture", at: loader.source.path)
    }
    picture = vector.reshaped([1, positions[1]])  // [1, C]
    self.size = size
  }

  /// The height and width that have so many positions, one of them for the picture itself; nil when that is no square.
  static func size(positions: Int, patch: Int) -> Int? {
    let count = positions - 1
    guard count > 0, let side = (1...count).first(where: { $0 * $0 >= count }),
      side * side == count
    else { return nil }
    return side * patch
  }

  /// Looks at pictures of the only size that has positions.
  func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
    guard pixels.shape.rank == 4, pixels[2] == size, pixels[3] == size else {
      throw NetworkError.input(
        "the picture is \(pixels.shape), but the encoder takes [N, channels, \(size), \(size)]",
        advice: "resize the picture to \(size) by \(size) pixels")
    }
    let grid = try patches(pixels, pass)  // [N, C, H/patch, W/patch]
    let tokens = try pass.backend.tokens(grid)  // [N, patches, C]
    let first = picture.repeated(pixels[0], rows: 1)  // [N, 1, C]
    let x = try pass.backend.concatenate([first, tokens])  // [N, 1 + patches, C]
    let places = positions.repeated(pixels[0], rows: positions[0])  // [N, 1 + patches, C]
    return try pass.emit(path, try pass.add(x, places, at: path))
  }
}
