import Testing
import WeftFormats
import WeftTensors

@Suite("What is taken of text encoders")
struct TextRulesTests {
  private func rules(_ architecture: String) throws -> TextRules {
    let library = try library.get()
    return try library.textRules(try #require(library.architecture(architecture)))
  }

  @Test(
    "every architecture says which states of which encoders it takes, and how texts are filled up",
    arguments: [
      ("sd15", ["text_encoder <|endoftext|> 1/1 norm"]),
      ("sd15-inpaint", ["text_encoder <|endoftext|> 1/1 norm"]),
      ("sd15-ip2p", ["text_encoder <|endoftext|> 1/1 norm"]),
      ("sd2", ["text_encoder ! 2/2 norm"]), ("sd2-inpaint", ["text_encoder ! 2/2 norm"]),
      ("sdxl", ["text_encoder <|endoftext|> 2/1", "text_encoder_2 ! 2/1 pooled"]),
      ("sdxl-inpaint", ["text_encoder <|endoftext|> 2/1", "text_encoder_2 ! 2/1 pooled"]),
      ("sdxl-ip2p", ["text_encoder <|endoftext|> 2/1", "text_encoder_2 ! 2/1 pooled"]),
      ("sdxl-refiner", ["text_encoder_2 ! 2/1 pooled"]),
    ])
  func encoders(architecture: String, expected: [String]) throws {
    let found = try rules(architecture).encoders.map { encoder in
      "\(encoder.component) \(encoder.padding) \(encoder.states.usual)/\(encoder.states.last)"
        + (encoder.states.isNormalized ? " norm" : "") + (encoder.isPooled ? " pooled" : "")
    }
    #expect(found == expected)
    #expect(try rules(architecture).encoders.allSatisfy { $0.vocabulary == "clip" })
  }

  @Test("only SDXL itself has zeros for a negative prompt that is not given")
  func zeros() throws {
    #expect(try rules("sdxl").zeroesAbsentPrompt && rules("sdxl-inpaint").zeroesAbsentPrompt)
    #expect(try !rules("sdxl-refiner").zeroesAbsentPrompt && !rules("sd15").zeroesAbsentPrompt)
  }

  @Test("states that are not computed are refused")
  func badState() throws {
    let text = """
      {"source": "x", "id": "sd2", "like": "sd15",
       "texts": {"text_encoder": {"last": 2, "state": 1}}}
      """
    let error = #expect(throws: FormatError.self) {
      try FormatLibrary(overlay: [("pipelines/sd2.json", Array(text.utf8))])
    }
    #expect(try #require(error).description.contains("'state'"))
  }
}
