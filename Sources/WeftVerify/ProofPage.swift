import WeftKernels

/// A proof as one self-contained HTML page: no scripts, nothing loaded, light and dark.
package struct ProofPage {
  private let proof: Proof
  private let candidate: String
  private let reference: String

  /// Makes a page about a candidate and what it was held against.
  package init(_ proof: Proof, candidate: String, reference: String) {
    self.proof = proof
    self.candidate = candidate
    self.reference = reference
  }

  /// The page.
  ///
  /// - Throws: when a picture cannot be written as PNG.
  package var html: String {
    get throws {
      let pictures = try proof.image.map { try ImageSection($0).html() }
      let sections =
        [checks, pictures ?? "", tensors]
        + (proof.forward?.components ?? []).map { ForwardSection($0).html }
      return HTMLText.page(
        title: "weft verify",
        body: """
          <main>\(header)
          \(ProofTiles(proof).html)
          \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
          <footer>\(legend)</footer></main>
          """)
    }
  }

  private var legend: String {
    "Relative L2: the size of the difference beside the size of what was expected. SNR: the same in decibels. "
      + "Cosine: of the angle between both. Largest: the greatest difference of two elements."
      + (proof.image == nil
        ? ""
        : " PSNR: the largest value of a pixel beside the error of a pixel, in decibels. "
          + "SSIM: how alike the structure of two pictures is, up to 1.")
  }

  private var header: String {
    """
    <header class="verdict \(proof.passes ? "ok" : "fail")">
    <h1>\(proof.passes ? "The model is what it should be" : "The model is not what it should be")</h1>
    <p class="path"><code>\(HTMLText.escaped(candidate))</code><br>
    held against <code>\(HTMLText.escaped(reference))</code> · level \(proof.level.rawValue)</p></header>
    """
  }

  private var checks: String {
    let rows = proof.checks.map { check in
      "<tr><td class=\"\(check.passes ? "ok" : "fail")\">\(check.passes ? "✓ ok" : "✗ FAIL")</td>"
        + "<td>\(HTMLText.escaped(check.name))</td>"
        + "<td class=\"detail\">\(HTMLText.escaped(check.detail))</td></tr>"
    }
    return """
      <section><h2>Checks</h2><table class="checks">\(rows.joined(separator: "\n"))</table></section>
      """
  }

  private var tensors: String {
    guard !proof.comparisons.isEmpty else { return "" }
    let different = proof.comparisons.filter { !$0.isEqual }.sorted {
      ($1.numbers.divergence, $0.name) < ($0.numbers.divergence, $1.name)
    }
    guard !different.isEmpty else {
      return """
        <section><h2>Tensors</h2><p class="calm"><b class="ok">Every tensor is equal.</b> \
        \(Figures.counted(proof.comparisons.count, "tensor")) compared.</p></section>
        """
    }
    let histogram = ErrorHistogram(
      proof.comparisons.map { $0.isEqual ? 0 : $0.numbers.divergence }, of: "tensors")
    return """
      <section><h2>Tensors that differ</h2>
      <p class="soft">\(Figures.count(different.count)) of \(Figures.counted(proof.comparisons.count, "tensor")), \
      the worst first.</p>
      \(ErrorTable(different).foldedHTML)</section>
      <section><h2>Tensors: distribution of errors</h2>
      <p class="soft">How many tensors have which relative L2.</p>
      \(histogram.html)</section>
      """
  }
}
