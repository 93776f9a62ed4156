"""What a formula costs, in microseconds of processor time: `python -m benchmarks.formulas`."""

from datetime import UTC, datetime
from random import Random
from time import process_time

from dialog.powerfx import VariablesScope, compile_formula
from dialog.powerfx.scope import MAX_STEPS

FORMULAS = {
    'Topic.Answer = "yes"': 20_000,
    "!IsBlank(Topic.Answer)": 20_000,
    'Topic.Count < 3 && Topic.Answer = "yes"': 20_000,
    "Text(Topic.Count)": 20_000,
    "CountRows(Filter(Topic.Orders, Total > 4))": 2_000,
    'Concat(ForAll(Sequence(100), Value * 2), Text(Value), ",")': 200,
    'IsMatch("order 4711 for ada@contoso.com", "\\d{4}")': 2_000,
}
READ = 'If(Topic.Count < 3 && !IsBlank(Topic.Answer), Concat(Topic.Orders, Text(Total), ","), "none")'
VARIABLES = {"Topic": {"Answer": "yes", "Count": 2, "Orders": [{"Total": number} for number in range(10)]}}
ROUNDS = 5


def computing(source: str, times: int) -> float:
    """Microseconds of one evaluation of a formula that has been read."""
    scope = VariablesScope(VARIABLES, now=datetime(2026, 1, 1, tzinfo=UTC), random=Random(1))  # noqa: S311 - a seed
    formula = compile_formula(source)
    best = float("inf")
    for _ in range(ROUNDS):
        begin = process_time()
        for _ in range(times):
            scope.steps = MAX_STEPS
            formula.evaluate(scope)
        best = min(best, (process_time() - begin) / times)
    return best * 1e6


def reading(source: str) -> float:
    """Microseconds of reading a formula for the first time."""
    best = float("inf")
    for _ in range(20 * ROUNDS):
        compile_formula.cache_clear()
        begin = process_time()
        compile_formula(source)
        best = min(best, process_time() - begin)
    return best * 1e6


if __name__ == "__main__":
    for source, times in FORMULAS.items():
        print(f"{computing(source, times):10.2f} µs  {source}")
    print(f"{reading(READ):10.2f} µs  to read  {READ}")
