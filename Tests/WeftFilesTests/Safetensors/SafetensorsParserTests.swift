import Testing
import WeftFiles
import WeftTensors

@Suite("SafetensorsParser")
struct SafetensorsParserTests {
  static let scalar = #""dtype":"F32","shape":[1],"data_offsets":[0,4]"#
  static let tensor = "\"a\":{\(scalar)}"

  static let valid: [(String, Int)] = [
    ("{}", 0), ("{} \r\t\n", 0), ("\t\n{}\r ", 0),
    ("{\(tensor)}", 4),
    (#"{"__metadata__":null}"#, 0), (#"{"__metadata__":{}}"#, 0),
    (
      #"{"__metadata__":{"k":"v"}, "a" : { "dtype" : "U8" , "shape" : [ ] , "#
        + #""data_offsets" : [ 0 , 1 ] } }"#, 1
    ),
    ("{\"a\":{\(scalar),\"more\":{\"x\":[1,{\"y\":null}],\"z\":-1.5e3}}}", 4),
    ("{\"a\":{\"more\":1,\(scalar),\"more\":\"twice\"}}", 4),
    ("{\"a\":{\"more\":\(nested(60)),\(scalar)}}", 4),
    ("{\"\":{\(scalar)}}", 4),
    (#"{"\u0000":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"data_offsets":[0,3],"shape":[4],"dtype":"F6_E2M3"}}"#, 3),
    (#"{"a":{"data_offsets":[0,0],"shape":[0,3],"dtype":"F4"}}"#, 0),
    (#"{"a":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}}"#, 1),
    (#"{"a":{"\u0064type":"BOOL","shape":[],"data_offsets":[0,1]}}"#, 1),
  ]

  static let invalid: [(String, Int, String)] = [
    ("", 0, "the text ends where '{' is expected"),
    ("{", 1, "the text ends where '\"' is expected"),
    ("[]", 0, "found '[' where '{' is expected"),
    ("{}x", 2, "found 'x' where the end of the text is expected"),
    ("{}\0\0", 2, "found byte 0x0 where the end of the text is expected"),
    ("\u{FEFF}{}", 0, "found byte 0xef where '{' is expected"),
    ("// c\n{}", 0, "found '/' where '{' is expected"),
    ("{,}", 1, "found ',' where '\"' is expected"),
    ("{\(tensor),}", 54, "found '}' where '\"' is expected"),
    ("{\(tensor),\(tensor)}", 58, "the tensor \"a\" occurs twice"),
    (
      #"{"__metadata__":{},"__metadata__":{}}"#, 34, "the key \"__metadata__\" occurs twice"
    ),
    (
      #"{"__metadata__":null,"\u005f_metadata__":{}}"#, 41,
      "the key \"__metadata__\" occurs twice"
    ),
    (
      #"{"__metadata__":{"k":"1","k":"2"}}"#, 32, "the metadata key \"k\" occurs twice"
    ),
    (#"{"__metadata__":{"k":1}}"#, 21, "found '1' where '\"' is expected"),
    (#"{"__metadata__":{"k":{}}}"#, 21, "found '{' where '\"' is expected"),
    (#"{"__metadata__":{"k":null}}"#, 21, "found 'n' where '\"' is expected"),
    (#"{"__metadata__":[]}"#, 16, "found '[' where '{' is expected"),
    (#"{"a":["F32",[1],[0,4]]}"#, 5, "found '[' where '{' is expected"),
    (#"{"a":{"dtype":{"F32":null}}}"#, 14, "found '{' where '\"' is expected"),
    (#"{"a":{"dtype":"f32"}}"#, 14, "unknown dtype \"f32\""),
    (#"{"a":{"dtype":"I4"}}"#, 14, "unknown dtype \"I4\""),
    (#"{"a":{"dtype":"C128"}}"#, 14, "unknown dtype \"C128\""),
    (#"{"a":{"shape":[1.0]}}"#, 15, "1.0 is not an unsigned integer below 2^63"),
    (#"{"a":{"shape":[1e0]}}"#, 15, "1e0 is not an unsigned integer below 2^63"),
    (#"{"a":{"shape":[-1]}}"#, 15, "-1 is not an unsigned integer below 2^63"),
    (#"{"a":{"shape":[-0]}}"#, 15, "-0 is not an unsigned integer below 2^63"),
    (#"{"a":{"shape":[01]}}"#, 16, "found '1' where ',' is expected"),
    (
      #"{"a":{"shape":[2,18446744073709551614]}}"#, 17,
      "18446744073709551614 is not an unsigned integer below 2^63"
    ),
    (
      #"{"a":{"shape":[18446744073709551616]}}"#, 15,
      "18446744073709551616 is not an unsigned integer below 2^63"
    ),
    (#"{"a":{"data_offsets":[0]}}"#, 21, "data_offsets has 1 numbers, not 2"),
    (#"{"a":{"data_offsets":[0,4,8]}}"#, 21, "data_offsets has 3 numbers, not 2"),
    (
      #"{"a":{"dtype":"U8","dtype":"U8"}}"#, 27, "the field \"dtype\" of \"a\" occurs twice"
    ),
    (#"{"a":{"shape":[],"shape":[]}}"#, 25, "the field \"shape\" of \"a\" occurs twice"),
    (
      #"{"a":{"data_offsets":[0,1],"data_offsets":[0,1]}}"#, 42,
      "the field \"data_offsets\" of \"a\" occurs twice"
    ),
    (#"{"a":{"dtype":"U8","shape":[1]}}"#, 31, "\"a\" lacks dtype, shape or data_offsets"),
    (#"{"a":{}}"#, 7, "\"a\" lacks dtype, shape or data_offsets"),
    ("{\"a\u{1}\":{}}", 3, "a string holds a raw control character"),
    (#"{"\ud800":{}}"#, 4, "a lone surrogate in a string"),
    (#"{"a"#, 1, "a string has no end"),
    ("{\"a\":{\"x\":\(nested(65))}}", 74, "values are nested deeper than 64"),
  ]

  @Test("a header that the format allows is read", arguments: valid)
  func accepted(header: String, dataByteCount: Int) throws {
    let scratch = try Scratch()
    let data = [UInt8](repeating: 0, count: dataByteCount)
    let path = try scratch.write(safetensors(header, data: data), to: "model")
    #expect(throws: Never.self) { try Checkpoint.open(path) }
  }

  @Test("a header that the format forbids is refused at the offending byte", arguments: invalid)
  func refused(header: String, offset: Int, what: String) throws {
    #expect(
      try SafetensorsHeaderTests.problem(of: safetensors(header))
        == .invalidHeader(JSONError(offset: offset, what: what)))
  }

  @Test(
    "a header that is not UTF-8 is refused, wherever the bytes are",
    arguments: [
      ([0xFF], "found byte 0xff where '{' is expected"),
      (Array("{\"".utf8) + [0xC3] + Array("\":{}}".utf8), "a string is not UTF-8"),
      (
        Array(#"{"a":{"ignored":""#.utf8) + [0xED, 0xA0, 0x80] + Array("\"}}".utf8),
        "a string is not UTF-8"
      ),
    ] as [([UInt8], String)])
  func encoding(header: [UInt8], what: String) throws {
    guard
      case .invalidHeader(let error) = try SafetensorsHeaderTests.problem(
        of: safetensors(header: header, data: []))
    else { return #expect(Bool(false), "another problem") }
    #expect(error.what == what)
  }

  @Test("names that look the same but differ in bytes are refused as one name twice")
  func canonicallyEqualNames() throws {
    let header = "{\"\u{E9}\":{\(Self.scalar)},\"e\u{301}\":{\(Self.scalar)}}"
    guard
      case .invalidHeader(let error) = try SafetensorsHeaderTests.problem(of: safetensors(header))
    else { return #expect(Bool(false), "another problem") }
    #expect(error.what == "the tensor \"e\u{301}\" occurs twice")
  }

  private static func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  @Test("metadata over the limit is refused")
  func longMetadata() throws {
    let value = String(repeating: "a", count: SafetensorsHeader.maximumMetadataByteCount)
    let header = "{\"__metadata__\":{\"k\":\"\(value)\"}}"
    guard
      case .invalidHeader(let error) = try SafetensorsHeaderTests.problem(of: safetensors(header))
    else { return #expect(Bool(false), "another problem") }
    #expect(error.what.contains("over the limit"))
  }
}
