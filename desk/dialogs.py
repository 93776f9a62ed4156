"""Small questions over the desk's page."""

from collections.abc import Callable, Iterable

from nicegui import ui

from desk.elements import button


def ask_name(named: Callable[[str], None]) -> None:
    """Ask the representative what customers shall read."""
    with ui.dialog().props("persistent") as dialog, ui.card().classes("dialog"):
        ui.html("<h3>What is your name?</h3>", sanitize=False)
        ui.label("Customers read it when you join.")
        name = ui.input(placeholder="Ada").props('autofocus outlined dense aria-label="Your name"')

        def done() -> None:
            if name.value and name.value.strip():
                named(name.value.strip()[:100])
                dialog.close()

        name.on("keydown.enter", done)
        with ui.element("div").classes("buttons"):
            button("Start", done, main=True)
    dialog.open()


def ask_note(returned: Callable[[str], None]) -> None:
    """Ask what the bot shall know."""
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.html("<h3>Return to the bot</h3>", sanitize=False)
        note = ui.textarea(placeholder="What shall the bot tell the customer?").props(
            'autofocus outlined dense autogrow aria-label="Note for the bot"'
        )

        def done() -> None:
            dialog.close()
            returned((note.value or "").strip())

        with ui.element("div").classes("buttons"):
            button("Cancel", dialog.close)
            button("Return", done, main=True)
    dialog.open()


def ask_queue(queues: Iterable[str], transferred: Callable[[str], None]) -> None:
    """Ask where the conversation shall wait next."""
    names = list(queues)
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.html("<h3>Transfer to another queue</h3>", sanitize=False)
        queue = ui.select(names, value=names[0]).props('outlined dense aria-label="Queue"')

        def done() -> None:
            dialog.close()
            transferred(str(queue.value))

        with ui.element("div").classes("buttons"):
            button("Cancel", dialog.close)
            button("Transfer", done, main=True)
    dialog.open()
