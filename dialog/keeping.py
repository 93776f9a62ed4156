"""What of a turn is kept for the next."""

from dialog.frames import kept
from dialog.powerfx.encoding import to_json
from dialog.run import Run
from dialog.silences import silences
from dialog.state import MAX_REMEMBERED, DialogState


def state_of(run: Run) -> DialogState:
    """The dialog as the turn leaves it."""
    return DialogState(
        stack=tuple(kept(frame) for frame in run.stack),
        globals={name: to_json(value) for name, value in run.globals.items()},
        queue=tuple(run.queue),
        recognizer={name: to_json(value) for name, value in run.recognizer.items()},
        selecting=run.selecting,
        fallback_count=run.fallback_count,
        topics=tuple(run.topics[-MAX_REMEMBERED:]),
        phrases=tuple(run.phrases[-MAX_REMEMBERED:]),
        last_set=run.last_set,
        handoff=run.handoff,
        last_message=run.last_message,
        asking=run.asking if any(frame.waiting == "world" for frame in run.stack) else None,
        asked=run.asked,
        system={name: to_json(value) for name, value in run.system.items()},
        disabled=run.disabled,
        silences=silences(run),
    )
