"""`python -m benchmarks`: measure everything, print it, and keep it with `--json FILE`."""

import argparse
import asyncio
import platform
import sys
import tempfile
from pathlib import Path

import psutil
from rich.console import Console

from benchmarks.cost import cost
from benchmarks.engines import engines
from benchmarks.report import Report, show
from benchmarks.speed import speed


async def measure(at_once: list[int], seconds: float, rounds: int) -> Report:
    """Everything, on a fresh installation."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        async with engines(Path(folder)) as running:
            memory = psutil.virtual_memory().total / 2**30
            return Report(
                machine=f"{psutil.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}",
                speed=tuple([await speed(running, number, seconds, rounds) for number in at_once]),
                cost=await cost(running),
            )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 50], help="conversations at once")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each thing is repeated in a round")
    parser.add_argument("--rounds", type=int, default=3, help="how often the engines take turns")
    options = parser.parse_args()
    report = asyncio.run(measure(options.at_once, options.seconds, options.rounds))
    show(report, Console(file=sys.stdout, width=110))
    if options.json:
        options.json.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
