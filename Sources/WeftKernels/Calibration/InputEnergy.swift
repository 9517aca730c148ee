import CKernels
import WeftTensors

/// How large what goes into a layer is: what tells which of its weights matter, and on which scale it can be integers.
package struct InputEnergy: Sendable, Hashable {
  /// The sums of the squares that each weight of a row is multiplied with, `[inputs · kernel height · kernel width]`; where
  /// a kernel looks beyond the picture that is zero.
  package private(set) var sums: [Double]
  /// The numbers that each sum is of: pixels of the output, or tokens.
  package private(set) var count: Int
  /// The largest magnitude; not finite when a value is not.
  package private(set) var largest: Float

  /// Takes numbers that were measured before.
  package init(sums: [Double], count: Int, largest: Float) {
    (self.sums, self.count, self.largest) = (sums, count, largest)
  }

  /// The mean square that each weight of a row is multiplied with.
  package var means: [Double] { sums.map { $0 / Double(max(1, count)) } }

  /// Adds what was measured of another input of the same layer; refuses the energy of another layer by a trap.
  package static func += (left: inout InputEnergy, right: InputEnergy) {
    precondition(left.sums.count == right.sums.count)
    for index in left.sums.indices { left.sums[index] += right.sums[index] }
    left.count += right.count
    // NaN stays, whichever side it is on.
    left.largest =
      left.largest < right.largest || right.largest.isNaN ? right.largest : left.largest
  }
}

extension InputEnergy {
  /// The channels that a thread takes at a time.
  private static let channelCount = 64

  /// Measures rows `[..., C]`, a plain tensor, that a linear layer takes.
  ///
  /// - Parameters:
  ///   - rows: the rows.
  ///   - threads: how many threads work; the numbers do not depend on it.
  /// - Throws: never but what the threads' loop passes on.
  package init(of rows: Tensor, threads: Int) throws {
    let columns = rows[rows.shape.rank - 1]
    let count = columns == 0 ? 0 : rows.elementCount / columns
    self = try Self.measured(rows, sums: columns, count: count, channels: columns, threads: threads)
    { values, sums, channels in
      // In bounds: each row has `columns` values, and the range lies within them and the sums.
      weft_add_token_squares(
        values + channels.lowerBound, count, channels.count, columns, sums + channels.lowerBound)
    }
  }

  /// Measures pictures `[N, C, H, W]`, a plain tensor, that a convolution goes over.
  ///
  /// - Parameters:
  ///   - pictures: the pictures.
  ///   - kernel: the kernel's size.
  ///   - geometry: how it goes over them; the output must have a pixel.
  ///   - threads: how many threads work; the numbers do not depend on it.
  /// - Throws: never but what the threads' loop passes on.
  package init(
    of pictures: Tensor, kernel: (height: Int, width: Int), _ geometry: ConvolutionGeometry,
    threads: Int
  ) throws {
    let (number, channels) = (pictures[0], pictures[1])
    let (height, width) = (pictures[2], pictures[3])
    guard let output = geometry.output(height: height, width: width, kernel: kernel) else {
      preconditionFailure("the picture is smaller than the kernel")
    }
    let window = weft_window(
      channels: 1, height: height, width: width, kernel_height: kernel.height,
      kernel_width: kernel.width, stride: geometry.stride, top: geometry.padding.top,
      left: geometry.padding.left, output_width: output.width)
    let taps = kernel.height * kernel.width
    self = try Self.measured(
      pictures, sums: channels * taps, count: number * output.height * output.width,
      channels: channels, threads: threads
    ) { values, sums, range in
      var window = window
      for channel in range {
        for picture in 0..<number {
          // In bounds: the plane and the sums of a channel that both have.
          weft_add_kernel_squares(
            values + (picture * channels + channel) * height * width, &window, output.height,
            sums + channel * taps)
        }
      }
    }
  }

  /// Adds up by channels, each by one thread and in one order.
  private static func measured(
    _ x: Tensor, sums sumCount: Int, count: Int, channels: Int, threads: Int,
    _ add: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Double>, Range<Int>) -> Void
  ) throws -> InputEnergy {
    precondition(x.isPlain)
    let sums = ByteBuffer(byteCount: sumCount * MemoryLayout<Double>.size)
    let parts = (channels + channelCount - 1) / channelCount
    try Parallel.run(threads: threads, count: parts) { _, part in
      let range = part * channelCount..<min(channels, (part + 1) * channelCount)
      guard let values = x.start, let target = sums.all.memory.baseAddress else { return }
      // In bounds: a plain tensor has all values of its shape; each part writes the sums of its own channels alone.
      withExtendedLifetime((x, sums)) {
        add(values, target.assumingMemoryBound(to: Double.self), range)
      }
    }
    // In bounds: the tensor's own values.
    let largest = withExtendedLifetime(x) {
      x.start.map { weft_largest_magnitude($0, x.elementCount) } ?? 0
    }
    return InputEnergy(sums: sums.all.doubles, count: count, largest: largest)
  }
}
