// A program of somebody else's: it depends on a released version of the package and imports its two libraries.
// The first line says what ran; the rest is every answer's bits, which must not depend on it.
import AdaptiveSoftmax
import TensorFiles

let threads = Runtime.teamSize()
print("threads \(threads) runtime \(Runtime.openMP) variant \(Runtime.variant ?? "none")")
