internal import CSoftmaxKernels

extension KernelType {
  /// The kernels' number of this type.
  var c: smx_type {
    switch self {
    case .float32: SMX_F32
    case .float64: SMX_F64
    case .float16: SMX_F16
    case .bfloat16: SMX_BF16
    }
  }

  /// Bytes of one element.
  var size: Int { smx_type_size(c) }
}

/// The kernels' number of threads, 0 being the runtime's default, once there are kernels to run: what every call asks first.
func threadCount(_ threads: Int) throws(SoftmaxError) -> Int32 {
  guard threads >= 0 else { throw SoftmaxError(.argument, "threads must not be negative, got \(threads)") }
  try Runtime.check()
  return Int32(clamping: threads)
}

/// The one place where a kernel's status becomes an error.
func check(_ status: smx_status) throws(SoftmaxError) {
  switch status {
  case SMX_OK: return
  case SMX_OUT_OF_MEMORY: throw SoftmaxError(.memory, "out of memory: a kernel's scratch could not be allocated")
  default: throw Runtime.unusableVariant
  }
}
