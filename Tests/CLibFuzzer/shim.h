#pragma once

#include <stddef.h>
#include <stdint.h>

/// The fuzzer's own mutations; source: https://github.com/llvm/llvm-project/blob/llvmorg-19.1.0/compiler-rt/include/fuzzer/FuzzerInterface.h
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maximum_size);
