"""The small parts that the desk's page is made of."""

from collections.abc import Callable

from nicegui import ui


def button(title: str, clicked: Callable[[], object] | None = None, *, main: bool = False) -> ui.element:
    """A button with a title, which calls `clicked`."""
    made = ui.element("button").classes("btn main" if main else "btn").props("type=button")
    with made:
        ui.label(title)
    if clicked:
        made.on("click", clicked)
    return made


def facts_list(pairs: list[tuple[str, str]]) -> None:
    """Names and values beneath each other."""
    with ui.element("dl").classes("facts"):
        for name, value in pairs:
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd"):
                ui.label(value)


def heading(title: str) -> None:
    """A heading within a pane."""
    with ui.element("h2"):
        ui.label(title)
