"""One process, one thread count: runs the cases, ours and theirs in turn, and prints a JSON line for each."""

import argparse
import gc
import itertools
import json
import os
import statistics
import sys
import time

LEAST_BUSY = 0.8  # of the processors that the limit is measured on


def seconds(call, repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats


def repeats_for(call, shortest):
    """How often to call for a sample that lasts at least `shortest`; the calls made here warm up."""
    call()
    repeats = 1
    while (elapsed := seconds(call, repeats)) * repeats < shortest:
        repeats = max(2 * repeats, int(1.1 * shortest / max(elapsed, 1e-9)))
    return repeats


def difference(case, peer):
    """How far the peer's answer is from ours: the largest difference, or the share of ids that differ."""
    import numpy as np

    mine, theirs = case.result().reshape(-1), peer.result().reshape(-1)
    if case.exact_share is not None:
        share = float((mine != theirs).mean())
        return share, share <= 1 - case.exact_share
    worst = 0.0
    for start in range(0, mine.size, 1 << 24):  # in parts: the arrays are large
        part = slice(start, start + (1 << 24))
        apart = np.abs(mine[part].astype(np.float64) - theirs[part])
        apart[(mine[part] == theirs[part]) | (np.isnan(mine[part]) & np.isnan(theirs[part]))] = 0  # infinities, NaN
        worst = max(worst, float(np.max(np.nan_to_num(apart, nan=np.inf), initial=0)))
    return worst, worst <= case.tolerance


def run(case, threads, rounds, shortest, pause):
    import ours

    calls = {"ours": case.ours} | {peer.name: peer.call for peer in case.peers}
    case.ours()
    checks = {}
    for peer in case.peers:
        peer.call()
        if case.result and peer.result:
            checks[peer.name] = difference(case, peer)
    repeats = {name: repeats_for(call, shortest) for name, call in calls.items()}
    ours.limit(case.limit, threads)
    samples, limits, skipped = {name: [] for name in calls}, {name: [] for name in calls}, 0
    # Two processors of a virtual machine may be one core for a while: no limit of arithmetic tells them from two.
    least_limit = LEAST_BUSY * threads * ours.limit("fma", 1) if case.limit == "fma" else 0
    for turn in itertools.count():
        names = list(calls)
        first = turn % len(names)  # each side takes each place in the order
        found = {name: beside_limit(case, calls[name], repeats[name], threads, pause) for name in names[first:] + names[:first]}
        # Where the limit itself did not get its processors, somebody else had them: what was measured beside it says nothing.
        starved = any(busy < LEAST_BUSY * threads or limit < least_limit for _, limit, busy in found.values())
        if starved and skipped < rounds:
            skipped += 1
            continue
        for name, (one, limit, _) in found.items():
            samples[name].append(one)
            limits[name].append(limit)
        if len(samples["ours"]) == rounds:
            break
    result = {
        "group": case.group,
        "title": case.title,
        "threads": threads,
        "unit": "GFLOP/s" if case.limit == "fma" else "GB/s",
        "limit": {"kind": case.limit, "rate": statistics.median(limits["ours"]) / 1e9},
        "rounds": rounds,
        "skipped": skipped,
        "ours": entry(case, samples["ours"], limits["ours"]),
        "peers": {},
    }
    if case.note:
        result["ours"]["note"] = case.note()
    for peer in case.peers:
        found = entry(case, samples[peer.name], limits[peer.name])
        found["ratio"] = statistics.median(t / m for (t, _), (m, _) in zip(samples[peer.name], samples["ours"]))
        if peer.note:
            found["note"] = peer.note
        if peer.name in checks:
            found["difference"], found["agrees"] = checks[peer.name]
        result["peers"][peer.name] = found
    return result


def beside_limit(case, call, repeats, threads, pause):
    """A sample, the limit that was measured just before it, and the processors that were busy with the limit."""
    import ours

    time.sleep(pause)
    busy, start = time.process_time(), time.perf_counter()
    limit = ours.limit(case.limit, threads)
    busy = (time.process_time() - busy) / (time.perf_counter() - start)
    time.sleep(pause)
    return sample(call, repeats), limit, busy


def sample(call, repeats):
    """Seconds of a call, and the processors that were busy meanwhile."""
    busy = time.process_time()
    elapsed = seconds(call, repeats)
    return elapsed, (time.process_time() - busy) / (elapsed * repeats)


def entry(case, samples, limits):
    median = statistics.median(elapsed for elapsed, _ in samples)
    return {
        "seconds": median,
        "rate": case.amount / median / 1e9,
        "share": statistics.median(case.amount / elapsed / limit for (elapsed, _), limit in zip(samples, limits)),
        "processors": statistics.median(busy for _, busy in samples),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", default="")
    parser.add_argument("--only", default="")
    options = parser.parse_args()

    import ours

    ours.load(options.library)
    if ours.team_size(options.threads) != options.threads:
        sys.exit(f"worker.py: our team has {ours.team_size(options.threads)} threads, {options.threads} were asked for")
    import torch

    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    import cases

    # An OpenMP team spins for up to 0.2 s after its work: the next side starts when that is over.
    pause = 0.25 if options.threads > 1 else 0.01
    shortest = 0.005 if options.quick else 0.02
    setting = cases.Setting(options.threads, options.quick, options.data)
    for build in cases.make(setting):
        made = build()
        for case in made:
            if options.only in case.title:
                print(json.dumps(run(case, options.threads, options.rounds, shortest, pause)), flush=True)
        del made, build
        gc.collect()
    os._exit(0)  # thread pools of several libraries need no orderly end


if __name__ == "__main__":
    main()
