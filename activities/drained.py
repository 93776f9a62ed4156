"""Hub connections that an operator keeps from new handoffs, for as long as their hub is being maintained.

A file a connection below the data directory, which every worker of an installation reads when a handoff is routed.
"""

from pathlib import Path


class Drained:
    """The connections that get no new handoffs."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "drained"

    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(path.name for path in self._folder.glob("*"))

    def drain(self, connection: str) -> None:
        """From now on it gets none; those that it has go on."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / connection).touch()

    def undrain(self, connection: str) -> None:
        """It gets them again."""
        (self._folder / connection).unlink(missing_ok=True)
