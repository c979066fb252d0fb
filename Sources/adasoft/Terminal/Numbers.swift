extension Double {
  /// The number with `digits` decimals, one at least, rounded half away from zero; as Swift writes it where these are more
  /// than a Double holds.
  func fixed(_ digits: Int) -> String {
    guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 9_007_199_254_740_992 else { return "\(self)" }
    let whole = String(Int(scaled) / Int(scale))
    let fraction = String(Int(scaled) % Int(scale))
    let padding = String(repeating: "0", count: digits - fraction.count)
    return (self < 0 && scaled > 0 ? "-" : "") + whole + "." + padding + fraction
  }
}

extension Int {
  /// The number in groups of three digits: 267,735.
  var grouped: String {
    var text = ""
    for (place, digit) in String(magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}
