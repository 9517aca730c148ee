package import WeftFormats

/// The value of a method's option, of the type that the method's description gives it.
package typealias OptionValue = MergeOption.Value
