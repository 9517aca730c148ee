import Foundation
import FoundationXML
import Testing
import WeftVerify

@Suite("The JUnit XML of a proof")
struct ProofSuiteTests {
  /// What a parser finds in a suite.
  private final class Reader: NSObject, XMLParserDelegate {
    var attributes: [String: String] = [:]
    var names: [String] = []
    var failures: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if element == "testsuite" { self.attributes = attributes }
      if element == "testcase" { names.append(attributes["name"] ?? "") }
      if element == "failure" { failures.append(attributes["message"] ?? "") }
    }
  }

  private func read(_ proof: Proof, candidate: String = "model") -> Reader? {
    let reader = Reader()
    let parser = XMLParser(data: Data(ProofSuite(proof, candidate: candidate).xml.utf8))
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }

  @Test("has a test case for every check and every output")
  func cases() throws {
    let proof = ForwardSamples.proof([
      ForwardSamples.unet(ForwardSamples.rounding),
      ForwardSamples.unet(name: "vae-decoder") { _, _, _ in 0 },
    ])
    let suite = try #require(read(proof))
    #expect(suite.names == ["outputs", "output sample", "output sample"])
    #expect(suite.failures.isEmpty && suite.attributes["failures"] == "0")
  }

  @Test("names the first twenty modules out of tolerance, and counts the others")
  func divergent() throws {
    let component = ForwardSamples.unet(ForwardSamples.swapped)
    let suite = try #require(read(ForwardSamples.proof([component], passes: false)))
    #expect(suite.names.count == 1 + 1 + ProofSuite.namedLimit + 1)
    #expect(suite.names[2] == "module up_blocks.1.resnets.0.norm1")
    let rest = component.divergentModules.count - ProofSuite.namedLimit
    #expect(suite.failures.last == "\(rest) more modules are out of tolerance")
    #expect(suite.attributes["tests"] == "\(suite.names.count)")
    #expect(suite.attributes["failures"] == "\(suite.failures.count)")
  }

  @Test("escapes hostile names, and drops what XML cannot have")
  func hostile() throws {
    let name = "<a b=\"c\">&\u{1}]]>"
    let component = ForwardSamples.unet(
      name: name, paths: [name], cases: [ForwardReport.Case(title: name)]
    ) { _, _, _ in .infinity }
    let suite = try #require(
      read(ForwardSamples.proof([component], passes: false, detail: name), candidate: name))
    #expect(suite.names.last == "module <a b=\"c\">& ]]>")
  }
}
