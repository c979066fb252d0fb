"""What the rows are to reach, and by how much they miss it."""

import re

LIMIT = "the limit"
FAMILY = r"(log_)?softmax \[(4096, 32000|65536, 1000|1024, 267735|2048, 50257|160000, 203)\]( bfloat16)?"
SHORT_OR_STRIDED = r"(log_)?softmax \[1000000, 16\]|(log_)?softmax2d \[.*\]|(log_)?softmax \[4096, 4096\] over dim 0"

# A title, whole; against what; the least ratio, or share of the limit.
TARGETS = [
    (FAMILY, "PyTorch", 2),
    (SHORT_OR_STRIDED, "PyTorch", 4),
    (rf"{FAMILY}|{SHORT_OR_STRIDED}", LIMIT, 0.85),
    (r"log_softmax \[.*\], into: against a fresh output", "PyTorch", 5),
    (r"linear \+ log-sum-exp .*", "PyTorch", 0.95),
    (r"linear_cross_entropy .*", "PyTorch, as written", 1.4),
    (r"linear.*", LIMIT, 0.85),
    (r"forward, .*, N = (4096|1024)", "PyTorch", 1.5),
    (r"forward, .*, N = 64", "PyTorch", 2.5),
    (r"forward, .*, N = 1", "PyTorch", 1),
    (r"forward, .*, N = 1, bfloat16 weights", "PyTorch", 1.7),
    (r"forward, (WikiText-103|One Billion Word), N = 1(, bfloat16 weights)?", LIMIT, 0.85),  # others fit the caches
    (r"log_prob, .*", "PyTorch", 4),
    (r"predict, real head .*", "PyTorch", 10),
    (r"top-10, real head .*, 64 rows", "PyTorch", 20),
    (r"top-10, real head .*, 4096 rows", "PyTorch", 5),
]


def missed(rows):
    """(row, against what, what was found, the target) of each target that a row misses."""
    for row in rows:
        for title, against, least in TARGETS:
            if not re.fullmatch(title, row["title"]):
                continue
            if against == LIMIT:
                found = row["ours"]["share"]
            elif against in row["peers"]:
                found = row["peers"][against]["ratio"]
            else:
                continue
            if found < least:
                yield row, against, found, least
