"""The side-by-side of `make bench-peers`: one process for each thread count, then the results file, table and plots."""

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import re
import subprocess
import sys

import report

HERE = pathlib.Path(__file__).resolve().parent


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else "unknown processor"


def machine_slug(cpu, instruction_set, cores):
    words = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", " ", cpu)
    slug = re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-")
    return f"{slug}-{instruction_set}-{cores}-cores"


def environment(threads):
    """For libraries that ask the environment how many threads to use, and no other."""
    values = dict(os.environ, OMP_NUM_THREADS=str(threads), NPROC=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        values.pop(name, None)
    if threads == 1:
        values["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    values["JAX_PLATFORMS"] = "cpu"
    values["PYTHONPATH"] = str(HERE)
    return values


def run_worker(options, threads):
    command = [sys.executable, "-W", "ignore", str(HERE / "worker.py"), "--library", options.library]
    command += ["--threads", str(threads), "--rounds", str(options.rounds), "--data", options.data, "--only", options.only]
    command += ["--quick"] if options.quick else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(threads)) as process:
        for line in process.stdout:
            row = json.loads(line)
            print(report.line(row), flush=True)
            yield row
    if process.returncode != 0:
        sys.exit(f"compare.py: the run with {threads} threads failed")


def peak_memory(options, side):
    command = [sys.executable, "-W", "ignore", str(HERE / "memory.py"), side, options.library, str(max(options.threads))]
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(max(options.threads))).stdout
    return int(text.split()[-1])


def describe_runtime(options):
    code = "import sys, ours; ours.load(sys.argv[1]); print(ours.runtime())"
    command = [sys.executable, "-c", code, options.library]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment(1)).stdout.strip()


def now():
    return datetime.datetime.now().isoformat(" ", "minutes")


def described_commit():
    """The commit whose code is measured, with a + where files differ from it; None outside of a clone."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--abbrev=10", "--dirty=+"]
    found = subprocess.run(command, capture_output=True, text=True)
    return found.stdout.strip() or None


def main():
    cores = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, help="the dynamic library of Benchmarks/PeerExports")
    parser.add_argument("--results", default=str(HERE.parent / "results"), help="folder for the results")
    parser.add_argument("--threads", type=lambda text: [int(n) for n in text.split(",")], default=sorted({1, cores}))
    parser.add_argument("--rounds", type=int, help="at least 7 unless quick")
    parser.add_argument("--quick", action="store_true", help="small shapes, about a minute; writes no results")
    parser.add_argument("--data", default="", help="a folder with a real head: head.safetensors, hidden.npy, targets.npy")
    parser.add_argument("--only", default="", help="cases whose title holds this text; writes no results")
    parser.add_argument("--update", action="store_true", help="puts the rows found into the machine's results file")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 7)
    if options.update and (options.quick or options.rounds < 7):
        parser.error("--update: expected 7 rounds or more of the whole shapes; leave --quick or --rounds out")

    runtime = describe_runtime(options)
    cpu, name = processor(), machine_slug(processor(), runtime.split(", ")[1], cores)
    print(f"{cpu}, {cores} cores; ours: {runtime}; rounds: {options.rounds}")
    print(report.HEADING, flush=True)
    whole = not options.only and not options.quick
    rows, commit = [], described_commit()
    results = described(options, name, cpu, cores, runtime, rows)
    before = earlier(results, options) if options.update else None
    if before and (apart := [name for name in ("versions", "runtime") if before[name] != results[name]]):
        sys.exit(f"compare.py: the {' and '.join(apart)} of the results file are not these; measure all rows (without --update)")
    if whole:
        results["peak_memory"] = {side: peak_memory(options, side) for side in ["ours", "torch"]}
    for threads in options.threads:
        for row in run_worker(options, threads):
            rows.append(row | {"measured": {"at": now(), "commit": commit}})
            if whole or options.update:  # a run cut short leaves the rows that it finished
                write_data(updated(before, results), options)
    results = updated(before, results)
    disagreeing = [
        f"{row['title']}: {peer}" for row in rows for peer, found in row["peers"].items() if not found.get("agrees", True)
    ]
    for row in rows:
        for side, found in {"ours": row["ours"], **row["peers"]}.items():
            if found["processors"] > row["threads"] + 0.25:
                text = f"{row['title']}: {side} kept {found['processors']:.1f} processors busy, {row['threads']} were allowed"
                print(text, file=sys.stderr)
    print(report.markdown(results))
    if whole or options.update:
        print("written:", ", ".join(str(path) for path in write(results, options)))
    for text in disagreeing:
        print(f"the answers differ: {text}", file=sys.stderr)
    sys.exit(1 if disagreeing else 0)


def described(options, name, cpu, cores, runtime, rows):
    return {
        "machine": name,
        "processor": cpu,
        "cores": cores,
        "date": datetime.date.today().isoformat(),
        "runtime": runtime,
        "versions": {
            package: importlib.metadata.version(package) for package in ["torch", "onnxruntime", "jax", "numpy", "faiss-cpu"]
        },
        "rows": rows,
    }


def earlier(results, options):
    """What the results file of this machine holds, if there is one."""
    path = pathlib.Path(options.results) / f"{results['machine']}.json"
    return json.loads(path.read_text()) if path.exists() else None


def updated(before, results):
    """Earlier results with the rows found in place of their own; the thread counts of a title side by side."""
    if before is None:
        return results
    found = {(row["title"], row["threads"]): row for row in results["rows"]}
    rows = [found.pop((row["title"], row["threads"]), row) for row in before["rows"]] + list(found.values())
    titles = {title: place for place, title in enumerate(dict.fromkeys(row["title"] for row in rows))}
    rows.sort(key=lambda row: (titles[row["title"]], row["threads"]))
    changed = {name: results[name] for name in ["date", "peak_memory"] if name in results}
    return before | changed | {"rows": rows}


def write_data(results, options):
    folder = pathlib.Path(options.results)
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"{results['machine']}.json"
    data.write_text(json.dumps(results, indent=1) + "\n")
    return data


def write(results, options):
    """The results file, the table and the plots."""
    data = write_data(results, options)
    table = data.with_suffix(".md")
    table.write_text(report.markdown(results))
    return [data, table, *report.plots(results, data.parent)]


if __name__ == "__main__":
    main()
