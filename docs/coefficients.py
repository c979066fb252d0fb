#!/usr/bin/env python3
"""Prints the polynomial coefficients of vmath.h (needs mpmath): minimax by weighted Remez exchange, then rounded one by
one from the lowest degree up, the rest fitted again after each rounding."""
import struct
import mpmath as mp

mp.mp.dps = 60


def remez(f, weight, lo, hi, degree, fixed=()):
    """Coefficients (lowest first) of the polynomial with max |weight (p - f)| least; `fixed` are taken as given."""
    k = len(fixed)
    free = degree + 1 - k
    n = free + 1
    xs = [(lo + hi) / 2 + (hi - lo) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    rest = lambda x: f(x) - sum(c * x ** i for i, c in enumerate(fixed))
    for _ in range(30):
        rows = mp.matrix(n, n)
        right = mp.matrix(n, 1)
        for r, x in enumerate(xs):
            for c in range(free):
                rows[r, c] = x ** (c + k)
            rows[r, n - 1] = (-1) ** r / weight(x)
            right[r] = rest(x)
        sol = mp.lu_solve(rows, right)
        error = lambda x: weight(x) * (sum(sol[c] * x ** (c + k) for c in range(free)) - rest(x))
        grid = [lo + (hi - lo) * i / 2000 for i in range(2001)]
        values = [error(x) for x in grid]
        peaks = []
        for i, v in enumerate(values):
            inner = 0 < i < 2000 and (abs(v) >= abs(values[i - 1]) and abs(v) >= abs(values[i + 1]))
            if inner or i in (0, 2000):
                if peaks and mp.sign(values[peaks[-1]]) == mp.sign(v):
                    if abs(v) > abs(values[peaks[-1]]):
                        peaks[-1] = i
                else:
                    peaks.append(i)
        if len(peaks) < n:
            break
        while len(peaks) > n:
            peaks.pop(0 if abs(values[peaks[0]]) < abs(values[peaks[-1]]) else -1)
        xs = [grid[i] for i in peaks]
    return list(fixed) + [sol[c] for c in range(free)], max(abs(v) for v in values)


def rounded(value, bits):
    if bits == 32:
        return mp.mpf(struct.unpack("f", struct.pack("f", float(value)))[0])
    return mp.mpf(float(value))


def table(name, f, weight, lo, hi, degree, bits):
    fixed = []
    for _ in range(degree + 1):
        coefficients, _ = remez(f, weight, lo, hi, degree, tuple(fixed))
        fixed.append(rounded(coefficients[len(fixed)], bits))
    grid = [lo + (hi - lo) * i / 1001 for i in range(1002)]
    worst = max(abs(weight(x) * (sum(c * x ** i for i, c in enumerate(fixed)) - f(x))) for x in grid)
    print(f"// {name}: relative error 2^{mp.nstr(mp.log(worst, 2), 4)}")
    for i, c in enumerate(fixed):
        print(f"  {float(c).hex()}{'f' if bits == 32 else ''},  // degree {i}")


half_ln2 = mp.log(2) / 2 * mp.mpf("1.0001")
expm = lambda r: (mp.exp(r) - 1 - r) / r ** 2 if abs(r) > mp.mpf("1e-20") else mp.mpf(1) / 2
table("exp F32: (exp(r) - 1 - r) / r^2", expm, lambda r: r ** 2 / mp.exp(r) + mp.mpf("1e-30"), -half_ln2, half_ln2, 4, 32)
table("exp F64: (exp(r) - 1 - r) / r^2", expm, lambda r: r ** 2 / mp.exp(r) + mp.mpf("1e-30"), -half_ln2, half_ln2, 9, 64)


def log_tail(z):
    """(log((1 + s) / (1 - s)) - 2 s) / (s z) with z = s^2."""
    if z < mp.mpf("1e-15"):
        return mp.mpf(2) / 3 + 2 * z / 5
    s = mp.sqrt(z)
    return (mp.log((1 + s) / (1 - s)) - 2 * s) / (s * z)


top = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.0001")
table("log F64: (log((1+s)/(1-s)) - 2s) / s^3, z = s^2", log_tail, lambda z: z / 2 + mp.mpf("1e-30"), mp.mpf(0), top, 6, 64)
ln2 = mp.log(2)
hi32 = rounded(ln2, 32)
print("ln2 F32", float(hi32).hex(), float(rounded(ln2 - hi32, 32)).hex())
hi64 = rounded(ln2, 64)
print("ln2 F64", float(hi64).hex(), float(rounded(ln2 - hi64, 64)).hex())
hi_short = mp.mpf(int(ln2 * 2 ** 32)) / 2 ** 32
print("ln2 short", float(hi_short).hex(), float(rounded(ln2 - hi_short, 64)).hex())
