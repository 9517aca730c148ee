/// The functions of float32 that torch's normal numbers are made with: Cephes' polynomials, with fused operations.
///
/// No other logarithm, sine or cosine gives the same bits.
/// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/aten/src/ATen/native/cpu/avx_mathfun.h
enum CephesFloat {
  /// The natural logarithm of a positive, normal number.
  @inline(__always)
  static func logarithm(_ x: Float) -> Float {
    let bits = x.bitPattern
    var exponent = Float(Int32(bits >> 23) - 126)
    var m = Float(bitPattern: (bits & 0x807F_FFFF) | 0x3F00_0000)  // from 1/2 up to below 1
    if m < 0.707106781186547524 {
      exponent -= 1
      m = (m - 1) + m
    } else {
      m -= 1
    }
    var y: Float = 7.0376836292e-2
    y = (-1.1514610310e-1 as Float).addingProduct(y, m)
    y = (1.1676998740e-1 as Float).addingProduct(y, m)
    y = (-1.2420140846e-1 as Float).addingProduct(y, m)
    y = (1.4249322787e-1 as Float).addingProduct(y, m)
    y = (-1.6668057665e-1 as Float).addingProduct(y, m)
    y = (2.0000714765e-1 as Float).addingProduct(y, m)
    y = (-2.4999993993e-1 as Float).addingProduct(y, m)
    y = (3.3333331174e-1 as Float).addingProduct(y, m)
    y *= m
    let square = m * m
    y = (exponent * -2.12194440e-4).addingProduct(y, square)
    y = y.addingProduct(-square, 0.5)
    return (m + y).addingProduct(exponent, 0.693359375)
  }

  /// The sine and the cosine of a number from 0 up.
  @inline(__always)
  static func sineCosine(_ angle: Float) -> (sine: Float, cosine: Float) {
    let octant = (Int32(angle * 1.27323954473516) + 1) & ~1
    let turns = Float(octant)
    var x = angle.addingProduct(turns, -0.78515625)
    x = x.addingProduct(turns, -2.4187564849853515625e-4)
    x = x.addingProduct(turns, -3.77489497744594108e-8)
    let (s, c) = polynomials(x)
    let (sine, cosine) = octant & 2 == 0 ? (s, c) : (c, s)
    return (octant & 4 == 0 ? sine : -sine, (octant - 2) & 4 == 0 ? -cosine : cosine)
  }

  /// The sine and the cosine of a number of at most an eighth of a turn.
  @inline(__always)
  private static func polynomials(_ x: Float) -> (sine: Float, cosine: Float) {
    let z = x * x
    var c: Float = 2.443315711809948e-5
    c = (-1.388731625493765e-3 as Float).addingProduct(c, z)
    c = (4.166664568298827e-2 as Float).addingProduct(c, z)
    c *= z
    c = (-(z * 0.5)).addingProduct(c, z) + 1
    var s: Float = -1.9515295891e-4
    s = (8.3321608736e-3 as Float).addingProduct(s, z)
    s = (-1.6666654611e-1 as Float).addingProduct(s, z)
    s *= z
    return (x.addingProduct(s, x), c)
  }
}
