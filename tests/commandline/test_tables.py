"""The tables of commands, in a terminal as narrow as they come."""

import pytest

from commandline.tables import print_table

ID = "f12b2f6b94f643ce82f7e116474fc584"


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_an_id_is_whole_and_nothing_is_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    """Long names go on in the next line; the last column is there."""
    headers = ("id", "phase", "agent", "topic", "hub", "turns", "started")
    print_table(headers, [(ID, "queued", "contoso", "contoso.topic.PointOfSale", "desk", 12, "2026-11-29")], whole="id")
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert lines[0].split() == list(headers)
    assert lines[1].startswith(f"{ID} queued contoso")
    assert lines[1].rstrip().endswith("desk 12    2026-11-29")
    assert all(len(line) <= 80 for line in lines)
    topic = slice(lines[0].index("topic"), lines[0].index("hub"))
    assert "".join(line[topic].strip() for line in lines[1:]) == "contoso.topic.PointOfSale"


def test_an_empty_table_has_its_headers(capsys: pytest.CaptureFixture[str]) -> None:
    """So that nobody takes it for an error."""
    print_table(("id", "phase"), [], whole="id")
    assert capsys.readouterr().out.split() == ["id", "phase"]
