"""The figures as tables, and against what Baton aims at."""

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from benchmarks.cost import Cost
from benchmarks.figures import Figures
from benchmarks.speed import Speed


class Report(BaseModel):
    """Everything that one run found."""

    machine: str
    speed: tuple[Speed, ...]
    cost: Cost


def aims(report: Report) -> list[tuple[str, float, str, bool]]:
    """What was aimed at: its name, what was measured, the aim, and whether it is met."""
    one, many, cost = report.speed[0], report.speed[-1], report.cost
    relay = max(one.handoff["to the hub"].p50, one.handoff["to the customer"].p50)
    longer = cost.late_turns.p50 / cost.early_turns.p50
    return [
        ("turn, p50, beside bare HTTP and WebSocket", one.ratios.p50, "≤ 1.3 ×", one.ratios.p50 <= 1.3),
        (f"turns a second, {many.at_once} at once", many.ratios.per_second, "≥ 0.8 ×", many.ratios.per_second >= 0.8),
        ("handoff, p50, ms", one.handoff["handoff"].p50, "≤ 60", one.handoff["handoff"].p50 <= 60),
        ("relay, p50, the slower way, ms", relay, "≤ 30", relay <= 30),
        ("history events a turn", cost.events_a_turn, "≤ 6", cost.events_a_turn <= 6),
        ("worker memory a cached conversation, KB", cost.kilobytes_cached, "≤ 150", cost.kilobytes_cached <= 150),
        ("3,000th turn beside the 10th, p50", round(longer, 2), "about 1 ×", longer <= 1.25),
    ]


def show(report: Report, console: Console) -> None:
    """Print it."""
    for speed in report.speed:
        table = Table(title=f"{speed.at_once} at once ({report.machine})", title_justify="left")
        for column in ("", "p50 ms", "p95 ms", "p99 ms", "a second", "count"):
            table.add_column(column, justify="right" if column else "left")
        for name, figures in speed.turn.items():
            table.add_row(f"turn: {name}", *_cells(figures))
        for name, figures in speed.handoff.items():
            table.add_row(name if name == "handoff" else f"relay {name}", *_cells(figures))
        console.print(table)
    table = Table("aim", "measured", "wanted", "", title="Against the aims", title_justify="left")
    for name, measured, wanted, met in aims(report):
        table.add_row(name, str(measured), wanted, "met" if met else "missed")
    console.print(table)
    console.print(f"The conversation of 3,050 turns went through {report.cost.runs} runs.")


def _cells(figures: Figures) -> list[str]:
    return [
        f"{figures.p50:.1f}",
        f"{figures.p95:.1f}",
        f"{figures.p99:.1f}",
        f"{figures.per_second}",
        str(figures.count),
    ]
