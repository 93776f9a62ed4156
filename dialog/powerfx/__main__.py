"""`python -m dialog.powerfx --cases FILE…`: run files of Power Fx cases, and print what passes."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from dialog.powerfx.cases import Verdict, functions_called, verdicts
from dialog.powerfx.registry import FUNCTIONS


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 where all cases pass."""
    parser = argparse.ArgumentParser(prog="python -m dialog.powerfx", description=__doc__)
    parser.add_argument("--cases", nargs="+", type=Path, required=True, metavar="FILE", help="files of cases")
    parser.add_argument("--misses", action="store_true", help="print each case that fails")
    options = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    by_file: dict[str, Counter[str]] = {}
    for verdict in verdicts(options.cases):
        counted = "foreign" if _is_foreign(verdict) else verdict.outcome
        outcomes[counted] += 1
        by_file.setdefault(verdict.case.file, Counter())[counted] += 1
        if options.misses and counted == "fail":
            _print_miss(verdict)
    for file, found in by_file.items():
        print(f"{found['pass']:6} of {found['pass'] + found['fail']:6}  {file}")  # noqa: T201 - a command prints
    total = outcomes["pass"] + outcomes["fail"]
    share = 100 * outcomes["pass"] / total if total else 100
    print(  # noqa: T201 - likewise
        f"{outcomes['pass']} of {total} pass ({share:.2f} %); {outcomes['skip']} are skipped, "
        f"{outcomes['foreign']} call functions that topics do not have"
    )
    return 0 if outcomes["fail"] == 0 else 1


def _is_foreign(verdict: Verdict) -> bool:
    return verdict.outcome != "skip" and not functions_called(verdict.case.formula) <= set(FUNCTIONS)


def _print_miss(verdict: Verdict) -> None:
    case = verdict.case
    print(f"{case.file}:{case.line}: {case.formula}")  # noqa: T201 - likewise
    print(f"    expected: {case.expected}")  # noqa: T201 - likewise
    print(f"    actual:   {verdict.actual}")  # noqa: T201 - likewise


if __name__ == "__main__":
    sys.exit(main())
