/// Whose way of writing and encoding prompts is followed.
package enum PromptStyle: String, Sendable, CaseIterable {
  /// The web UI of AUTOMATIC1111: emphasis that multiplies, `[from:to:when]`, `[a|b]`, `AND`, `BREAK`, `#` comments and
  /// `<lora:NAME:WEIGHT>`; long prompts go in chunks.
  case a1111
  /// ComfyUI: emphasis that moves away from the empty prompt, `embedding:NAME`; long prompts go in chunks.
  case comfyui
  /// diffusers: every character is text, and what is too long is cut off.
  case plain
}
