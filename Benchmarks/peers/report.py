"""Results as a line, a Markdown table with the targets missed, and plots.

    python report.py RESULTS.json        writes the table and the plots anew
"""

import json
import pathlib
import re
import sys

import targets

LIMITS = {"fma": "FMA peak", "copy": "copy", "read": "read"}
HEADING = f"{'work':<62} {'thr':>3} {'ours':>9} {'rate':>15} {'of limit':>9}   theirs"


def time_text(seconds):
    value, unit = (seconds * 1e6, "us") if seconds < 1e-3 else (seconds * 1e3, "ms") if seconds < 1 else (seconds, "s")
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"


def line(row):
    mine = row["ours"]
    theirs = "  ".join(f"{name} {peer['ratio']:.2f}x" + ("" if peer.get("agrees", True) else " (DIFFERS)") for name, peer in row["peers"].items())
    rate = f"{mine['rate']:.3g} {row['unit']}"
    return f"{row['title']:<62} {row['threads']:>3} {time_text(mine['seconds']):>9} {rate:>15} {mine['share']:>8.0%}   {theirs}"


def span(results):
    """When the rows were measured, and from which commits."""
    times = {row["measured"]["at"] for row in results["rows"]} - {None}
    commits = dict.fromkeys(row["measured"]["commit"] or "not recorded" for row in results["rows"])
    unknown = any(row["measured"]["at"] is None for row in results["rows"])
    when = f"{results['date']} and before" if unknown else " to ".join(sorted({min(times), max(times)}))
    return f"{when}; commit{'s' if len(commits) > 1 else ''} {', '.join(commits)}"


def markdown(results):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    lines = [
        f"# {results['processor']}, {results['cores']} cores",
        "",
        f"{span(results)}; ours: {results['runtime']}; {versions}.",
        f"Each figure is the median of {min(row['rounds'] for row in results['rows'])} rounds or more, in which ours and the peers are measured in turn on the same inputs, each",
        "right after the machine's limit; a ratio is the median of the rounds' own ratios, above 1 where ours is faster. Outputs are",
        "reused on both sides unless the row says otherwise.",
        "",
    ]
    groups = list(dict.fromkeys(row["group"] for row in results["rows"]))
    for group in groups:
        lines += [f"## {group.capitalize()}", "", "| work | threads | ours | rate | of the limit | peers: time, ratio |", "| --- | ---: | ---: | ---: | ---: | --- |"]
        for row in (row for row in results["rows"] if row["group"] == group):
            mine = row["ours"]
            peers = "; ".join(
                f"{name} {time_text(peer['seconds'])}, **{peer['ratio']:.2f}x**" + (f" ({peer['note']})" if "note" in peer else "")
                for name, peer in row["peers"].items()
            )
            lines.append(
                f"| {row['title']}{', ' + mine['note'] if 'note' in mine else ''} | {row['threads']} | {time_text(mine['seconds'])} | {mine['rate']:.3g} {row['unit']} "
                f"| {mine['share']:.0%} of {LIMITS[row['limit']['kind']]} | {peers} |"
            )
        lines.append("")
    lines += ["## Targets missed", "", "| work | threads | against | found | target | short by |", "| --- | ---: | --- | ---: | ---: | ---: |"]
    for row, against, found, least in targets.missed(results["rows"]):
        text = "{:.0%}" if against == targets.LIMIT else "{:.2f}x"
        of = LIMITS[row["limit"]["kind"]] if against == targets.LIMIT else against
        lines.append(f"| {row['title']} | {row['threads']} | {of} | {text.format(found)} | {text.format(least)} | {1 - found / least:.0%} |")
    lines.append("")
    if "peak_memory" in results:
        mine, theirs = (results["peak_memory"][side] / 2**20 for side in ("ours", "torch"))
        lines += [
            "## Memory",
            "",
            "Peak memory of one forward pass of 4,096 rows over the WikiText-103 head, beyond weights and inputs:",
            f"ours {mine:.0f} MiB, PyTorch {theirs:.0f} MiB.",
            "",
        ]
    return "\n".join(lines)


COLOURS = {"ours": "#d1495b", "PyTorch": "#00798c", "ONNX Runtime": "#edae49", "JAX": "#66a182", "NumPy": "#8d96a3", "FAISS": "#6f4e7c"}


def plots(results, folder):
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "peers", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    most = max(row["threads"] for row in results["rows"])
    drawn = [
        throughput(results, folder, "softmax", lambda row: row["limit"]["kind"] == "copy" and row["group"] == "softmax", 1),
        throughput(results, folder, "linear", lambda row: row["limit"]["kind"] == "fma" and row["group"] in ("linear", "adaptive"), most),
        scaling(results, folder, most),
        rows_plot(results, folder, most),
    ]
    return [path for path in drawn if path]


def save(figure, results, folder, name):
    path = folder / f"{results['machine']}-{name}.svg"
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    return path


def throughput(results, folder, name, chosen, threads):
    """Ours and each peer by shape, as a share of the limit measured beside them."""
    from matplotlib import pyplot

    rows = [row for row in results["rows"] if row["threads"] == threads and chosen(row)]
    if not rows:
        return None
    sides = ["ours"] + [peer for peer in COLOURS if any(peer in row["peers"] for row in rows)]
    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.16 * len(rows) * (len(sides) + 1)))
    height = 0.8 / len(sides)
    for i, side in enumerate(sides):
        shares = [100 * (row["ours"] if side == "ours" else row["peers"].get(side, {"share": 0}))["share"] for row in rows]
        places = [-k - i * height for k in range(len(rows))]
        axes.barh(places, shares, height, label=side, color=COLOURS[side])
    axes.margins(y=0.01)
    axes.axvline(100, color="black", linewidth=0.8)
    axes.set_yticks([-k - 0.4 + height / 2 for k in range(len(rows))], [row["title"] for row in rows])
    axes.set_xlabel(f"% of {LIMITS[rows[0]['limit']['kind']]} measured in the same run, {threads} thread{'s' if threads > 1 else ''}")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return save(figure, results, folder, name)


def scaling(results, folder, most):
    """How much faster a call is on all threads than on one, ours and PyTorch's."""
    from matplotlib import pyplot

    times = {}
    for row in results["rows"]:
        times.setdefault(row["title"], {})[row["threads"]] = row
    pairs = [
        (title, by[1], by[most])
        for title, by in times.items()
        if 1 in by and most in by and most > 1 and "PyTorch" in by[1]["peers"]
    ]
    if not pairs:
        return None
    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.3 * len(pairs)))
    for i, side in enumerate(["ours", "PyTorch"]):
        of = lambda row: row["ours"] if side == "ours" else row["peers"][side]
        gains = [of(one)["seconds"] / of(all_)["seconds"] for _, one, all_ in pairs]
        axes.barh([-k - 0.4 * i for k in range(len(pairs))], gains, 0.4, label=side, color=COLOURS[side])
    axes.margins(y=0.01)
    axes.axvline(most, color="black", linewidth=0.8)
    axes.set_yticks([-k - 0.2 for k in range(len(pairs))], [title for title, _, _ in pairs])
    axes.set_xlabel(f"times faster on {most} threads than on one")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return save(figure, results, folder, "threads")


def rows_plot(results, folder, threads):
    """Adaptive forward by the number of rows."""
    from matplotlib import pyplot

    series = {}
    for row in results["rows"]:
        found = re.fullmatch(r"forward, (.*), N = (\d+)", row["title"])
        if row["threads"] == threads and found:
            series.setdefault(found[1], []).append((int(found[2]), row))
    if not series:
        return None
    figure, axes = pyplot.subplots(figsize=(6, 4))
    for style, (head, points) in zip(["-", "--", ":", "-."], series.items()):
        points.sort(key=lambda point: point[0])
        for side in ["ours", "PyTorch"]:
            of = lambda row: row["ours"] if side == "ours" else row["peers"][side]
            rates = [n / of(row)["seconds"] for n, row in points]
            axes.plot([n for n, _ in points], rates, style, marker="o", label=f"{side}, {head}", color=COLOURS[side])
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel("rows in a call")
    axes.set_ylabel(f"rows a second, {threads} thread{'s' if threads > 1 else ''}")
    axes.legend(frameon=False)
    return save(figure, results, folder, "rows")


if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1])
    loaded = json.loads(path.read_text())
    path.with_suffix(".md").write_text(markdown(loaded))
    for plot in plots(loaded, path.parent):
        print(plot)
