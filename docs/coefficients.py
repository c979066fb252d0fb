#!/usr/bin/env python3
"""Prints the polynomial coefficients of CKernels/vmath.h (needs mpmath; a second).

Each polynomial is a weighted least-squares fit at Chebyshev nodes, which is close to minimax. Coefficients are rounded one
by one from the lowest degree up, and the others fitted again after each rounding.
"""
import struct

import mpmath as mp

mp.mp.dps = 60
NODES = 48


def rounded(value, bits):
    return mp.mpf(struct.unpack("f", struct.pack("f", float(value)))[0] if bits == 32 else float(value))


def fit(name, target, power, weight, low, high, degree, bits, given=()):
    """c with sum_i c[i] r^(power(i)) ~ target(r), the error measured as weight(r) * error; `given`: the first c."""
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * NODES)) for i in range(NODES)]
    c = [rounded(value, bits) for value in given]
    while len(c) <= degree:
        free = range(len(c), degree + 1)
        rows, right = mp.matrix(NODES, len(free)), mp.matrix(NODES, 1)
        for i, r in enumerate(nodes):
            for j, k in enumerate(free):
                rows[i, j] = weight(r) * r ** power(k)
            right[i] = weight(r) * (target(r) - sum(x * r ** power(k) for k, x in enumerate(c)))
        c.append(rounded(mp.lu_solve(rows.T * rows, rows.T * right)[0], bits))
    grid = [low + (high - low) * mp.mpf(i) / 1000 for i in range(1001)]
    worst = max(abs(weight(r) * (sum(x * r ** power(k) for k, x in enumerate(c)) - target(r))) for r in grid)
    print(f"{name}: error 2^{mp.nstr(mp.log(worst, 2), 4)}")
    for k, x in enumerate(c):
        print(f"  r^{power(k)}: {float(x).hex()}")


sixteenth = mp.log(2) / 16 * mp.mpf("1.0005")
fit("exp, F32: e^r - 1, relative to e^r", target=mp.expm1, power=lambda k: k + 1, weight=lambda r: mp.exp(-r),
    low=-sixteenth, high=sixteenth, degree=3, bits=32, given=(mp.mpf(1),))
print("  2^(j/8), bits less j << 20:",
      *(hex(struct.unpack("i", struct.pack("f", 2 ** (j / 8)))[0] - (j << 20)) for j in range(8)))

half = mp.log(2) / 2 * mp.mpf("1.0005")
exp = dict(target=lambda r: mp.expm1(r) - r, power=lambda k: k + 2, weight=lambda r: mp.exp(-r), low=-half, high=half)
fit("tanh, F32: e^r - 1 - r, relative to e^r", degree=4, bits=32, **exp)
fit("exp and tanh, F64: the same", degree=9, bits=64, given=(mp.mpf(1) / 2, mp.mpf(1) / 6), **exp)

# log((1 + s) / (1 - s)) = 2 s + s z q(z) with z = s^2, s in the range of sqrt(1/2) <= m < sqrt(2).
top = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mp.mpf("1.0005")
log_tail = lambda s: (2 * mp.atanh(s) - 2 * s)
fit("log, F64: q, relative to log", target=log_tail, power=lambda k: 2 * k + 3, weight=lambda s: 1 / (2 * mp.atanh(s)),
    low=top / 1000, high=top, degree=6, bits=64)

ln2 = mp.log(2)
for name, head, bits in (("F32", rounded(ln2, 32), 32), ("F64", rounded(ln2, 64), 64),
                         ("F64, 32 bits", mp.floor(ln2 * 2 ** 32) / 2 ** 32, 64)):
    print(f"ln 2, {name}: {float(head).hex()} + {float(rounded(ln2 - head, bits)).hex()}")
