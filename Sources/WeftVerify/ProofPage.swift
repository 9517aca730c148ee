import WeftKernels

/// A proof as one self-contained HTML page, and as JUnit XML for continuous integration.
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
  package var html: String {
    let rows = proof.checks.map { check in
      "<tr><td class=\"\(check.passes ? "ok" : "fail")\">\(check.passes ? "ok" : "FAIL")</td>"
        + "<td>\(HTMLText.escaped(check.name))</td><td>\(HTMLText.escaped(check.detail))</td></tr>"
    }
    let different = proof.comparisons.filter { !$0.isEqual }.sorted {
      ($1.numbers.relativeL2, $0.name) < ($0.numbers.relativeL2, $1.name)
    }
    return HTMLText.page(
      title: "weft verify",
      body: """
        <h1>\(proof.passes ? "The model is what it should be" : "The model is not what it should be")</h1>
        <p>Candidate: <code>\(HTMLText.escaped(candidate))</code><br>
        Held against: <code>\(HTMLText.escaped(reference))</code></p>
        <table>\(rows.joined(separator: "\n"))</table>
        \(different.isEmpty ? "" : "<h2>Tensors that differ</h2>" + HTMLText.table(different))
        """)
  }

  /// The checks as the test cases of one suite.
  ///
  /// Source: https://github.com/testmoapp/junitxml/blob/4c7b1d3/README.md
  package var junit: String {
    let cases = proof.checks.map { check in
      let head = "  <testcase classname=\"weft.verify\" name=\"\(HTMLText.escaped(check.name))\">"
      let body =
        check.passes
        ? "<system-out>\(HTMLText.escaped(check.detail))</system-out>"
        : "<failure message=\"\(HTMLText.escaped(check.detail))\"/>"
      return head + body + "</testcase>"
    }
    let failures = proof.checks.count { !$0.passes }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="\(HTMLText.escaped(candidate))" tests="\(proof.checks.count)" failures="\(failures)">
      \(cases.joined(separator: "\n"))
      </testsuite>

      """
  }
}
