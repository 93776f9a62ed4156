"""`python -m benchmarks.hubs`: what a handoff and a relay take with each hub, beside one bare HTTP call.

Each hub is simulated in a process of its own, beside a whole installation that is connected to it alone.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figures
from benchmarks.hub_load import HubJob
from benchmarks.load_process import done
from simulators.registry import SIMULATORS
from tests.support.installation import free_ports, installation


class HubFigures(BaseModel):
    """What one hub took."""

    kind: str
    figures: dict[str, Figures]

    def over(self, name: str) -> float:
        """Milliseconds over one bare HTTP call, p50."""
        return round(self.figures[name].p50 - self.figures["bare"].p50, 1)


async def measure(kind: str) -> HubFigures:
    """One hub, on a fresh installation."""
    hub = SIMULATORS[kind]()
    (port,) = free_ports(1)
    hub.url = f"http://127.0.0.1:{port}"
    # The installation's processes read the simulated hub's secrets from their environment.
    os.environ.update(hub.secrets)
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        async with installation(Path(folder), hub.configuration()) as baton:
            job = HubJob(
                kind=kind,
                port=port,
                callback=f"{baton.gateway}/webhooks/{kind}/simulated",
                base=f"{baton.gateway}/v3/directline",
                secret=baton.secret,
            )
            return HubFigures(kind=kind, figures=json.loads(await done("benchmarks.hub_load", kind, job)))


def show(found: list[HubFigures], console: Console) -> None:
    """Print it."""
    table = Table(title="Milliseconds, p50 / p95; over: beyond one bare HTTP call, p50", title_justify="left")
    for column in ("hub", "bare call", "handoff", "over", "to the hub", "over", "to the customer", "over"):
        table.add_column(column, justify="right" if column != "hub" else "left")
    for each in found:
        cells = [_cell(each.figures["bare"])]
        for name in ("handoff", "to the hub", "to the customer"):
            cells.extend((_cell(each.figures[name]), f"{each.over(name)}"))
        table.add_row(each.kind, *cells)
    console.print(table)


def _cell(figures: Figures) -> str:
    return f"{figures.p50:.1f} / {figures.p95:.1f}"


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hubs", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument("kinds", nargs="*", default=sorted(SIMULATORS), help="which hubs; default: all")
    options = parser.parse_args()
    found = [asyncio.run(measure(kind)) for kind in options.kinds]
    show(found, Console(file=sys.stdout, width=120))
    if options.json:
        content = [each.model_dump() for each in found]
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
