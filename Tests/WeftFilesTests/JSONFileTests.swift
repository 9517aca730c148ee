import Testing
import WeftFiles
import WeftTensors

struct JSONFileTests {
  @Test func `Python's numbers that JSON has not read as null, and texts stay`() throws {
    let scratch = try Scratch()
    let text =
      #"{"a": -Infinity, "b": [Infinity, NaN, 1], "c": "NaN \" -Infinity", "d": "\\", "e": NaN}"#
    let path = try scratch.write(text, to: "scheduler_config.json")
    let value = try readPythonJSON(path)
    #expect(value["a"] == .null && value["e"] == .null)
    #expect(value["b"] == .array([.null, .null, .integer(1)]))
    #expect(value["c"]?.text == #"NaN " -Infinity"# && value["d"]?.text == #"\"#)
    #expect(throws: JSONFileError.self) { try readJSON(path) }
  }

  @Test(arguments: ["{\"a\": -Inf}", "{\"a\": \"NaN", "\"\\", "NaNNaN", ""])
  func `what is wrong otherwise is refused`(_ text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(text, to: "x.json")
    #expect(throws: JSONFileError.self) { try readPythonJSON(path) }
  }
}
