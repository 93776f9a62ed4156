"""Tables for people: what somebody may want to copy is neither cut off nor broken, however narrow the terminal is."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Column, Table

SHORT = 9
"""Characters of a word that is not broken, either: all tables of the commands have their words, and an id, in 80."""


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, whole: str) -> None:
    """Print rows below their headers. The column `whole` stays in one piece; the others go on in the next line."""
    cells = [[str(value) for value in row] for row in rows]
    columns = [_column(header, [row[place] for row in cells], header == whole) for place, header in enumerate(headers)]
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for row in cells:
        table.add_row(*row)
    Console().print(table)


def _column(header: str, cells: Sequence[str], whole: bool) -> Column:  # noqa: FBT001 - no one else calls it
    if whole:
        return Column(header, no_wrap=True, min_width=max(map(len, (header, *cells))))
    words = [word for cell in (header, *cells) for word in cell.split()]
    longest = max((len(word) for word in words if len(word) <= SHORT), default=0)
    return Column(header, overflow="fold", min_width=longest)
