import Testing
import WeftTensors

@Suite("JSON")
struct JSONTests {
  @Test(
    "a valid text is read and written back compactly",
    arguments: [
      (#"{ "a" : [ 1 , -2 , 2.5, 1e3 ] }"#, #"{"a":[1,-2,2.5,1000]}"#),
      (#"["\u00e9\ud83d\ude00\n\u0001"]"#, "[\"é😀\\n\\u0001\"]"),
      ("\t[true,false,null]\r\n", "[true,false,null]"),
      (#""\/""#, #""/""#),
      ("{}", "{}"),
      ("9223372036854775807", "9223372036854775807"),
    ])
  func roundTrip(text: String, compact: String) throws {
    #expect(try JSONValue(parsing: Array(text.utf8)).compactText == compact)
  }

  @Test(
    "a text that is not JSON is refused",
    arguments: [
      "", "{", "}", "[1,]", "{\"a\":1,}", "{,}", "[1 2]", "01", "1.", ".5", "+1", "1e", "--1",
      "nul", "\"", "\"\u{01}\"", #""\x""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "{}x",
      "[]\0",
      "{\"a\":1,\"a\":2}", "// c\n{}", "'a'", "NaN", "\u{FEFF}{}", "{1:2}", #""\u12g4""#, "1e999",
    ])
  func invalid(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test("a string that is not UTF-8 is refused")
  func invalidEncoding() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test("nesting is followed to its limit and no further, skipped or read")
  func depth() throws {
    let limit = JSONScanner.maximumDepth
    for (depth, isValid) in [(limit, true), (limit + 2, false), (1_000_000, false)] {
      let text = Array(repeating: UInt8(0x5B), count: depth) + Array(repeating: 0x5D, count: depth)
      #expect(((try? JSONValue(parsing: text)) != nil) == isValid)
      var scanner = JSONScanner(text)
      #expect(((try? scanner.skipValue()) != nil) == isValid)
    }
  }

  @Test(
    "skipping takes exactly one value",
    arguments: ["1", "\"a,b\"", "{}", "[]", #"{"a":[{"b":1},[],2],"c":{}}"#, "[[[]],[{}]]", "null"])
  func skip(text: String) throws {
    var scanner = JSONScanner(Array((text + ",").utf8))
    try scanner.skipValue()
    #expect(scanner.offset == text.utf8.count)
  }

  @Test(
    "an unsigned integer is exact or refused",
    arguments: ["1.0", "1e0", "-1", "-0", "9223372036854775808", "18446744073709551616", "x"])
  func unsigned(text: String) throws {
    var scanner = JSONScanner(Array(text.utf8))
    #expect(throws: JSONError.self) { try scanner.unsignedInteger() }
    var largest = JSONScanner(Array("9223372036854775807".utf8))
    #expect(try largest.unsignedInteger() == Int.max)
  }

  @Test("the canonical form does not depend on the order of members")
  func canonical() throws {
    let first = try JSONValue(parsing: Array(#"{"b":{"y":1,"x":2},"a":0.7}"#.utf8))
    let second = try JSONValue(parsing: Array(#"{"a":0.7,"b":{"x":2,"y":1}}"#.utf8))
    #expect(first.canonical.compactText == #"{"a":0.7,"b":{"x":2,"y":1}}"#)
    #expect(first.canonical == second.canonical)
  }
}
