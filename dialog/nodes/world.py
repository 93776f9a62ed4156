"""What all nodes have in common that ask the world outside: they wait, take the answer, and put it into variables."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from dialog.calls import Answer, Ask, Call
from dialog.data_types import NotOfTypeError, typed
from dialog.errors import CONTENT, TopicError
from dialog.nodes.talking import activity_of
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import Record, Value, from_plain
from dialog.program import Step
from dialog.run import Run

WAITS = 30.0
"""Seconds by default, as `requestTimeoutInMilliseconds` has it."""


def answer_of(run: Run, step: Step, call: Callable[[], Call], seconds: float = WAITS) -> Answer | None:
    """The world's answer to the node's question; None where it has only now been asked, or has not answered yet."""
    if run.frame.waiting == "world":
        answer, run.answer = run.answer, None
        if answer is not None:
            run.frame.waiting = ""
            return answer
        if run.asking and run.asking.depth == len(run.stack):
            return None
    # A topic above that asked as well has taken the place of the question that was open: it is asked once more.
    told = _latency(run, step)
    run.ask(Ask(call=call(), seconds=seconds, **told))
    return None


def seconds_of(run: Run, step: Step, otherwise: float = WAITS) -> float:
    """How long the author lets the world take."""
    value = run.value(step.properties.get("requestTimeoutInMilliseconds"))
    return float(value) / 1000 if isinstance(value, Decimal | float | int) and value > 0 else otherwise


def inputs_of(run: Run, step: Step) -> dict[str, Any]:
    """What the author gives along, as JSON has it, by the parameters' names."""
    authored = step.properties.get("input")
    authored = authored if isinstance(authored, Mapping) else {}
    if authored.get("kind") == "SingleValueInputBinding":
        value = plain(run.value(authored.get("value")))
        return value if isinstance(value, dict) else {"value": value}
    binding = authored.get("binding")
    binding = binding if isinstance(binding, Mapping) else {}
    return {str(name): plain(run.value(value)) for name, value in binding.items()}


def take_outputs(run: Run, step: Step, value: Any) -> None:
    """Put what came back where the author wants it: as a whole, or each output into a variable of its own."""
    authored = step.properties.get("output")
    authored = authored if isinstance(authored, Mapping) else {}
    if authored.get("variable"):
        run.set(str(authored["variable"]), from_plain(value))
    binding = authored.get("binding")
    outputs = value if isinstance(value, Mapping) else {}
    for name, variable in binding.items() if isinstance(binding, Mapping) else ():
        run.set(str(variable), from_plain(outputs.get(str(name))))


def went_wrong(run: Run, step: Step, answer: Answer) -> None:
    """Let the author's own branch see what went wrong, where the node has one.

    Raises:
        TopicError: it has none.
    """
    handling = step.properties.get("errorHandling")
    handling = handling if isinstance(handling, Mapping) else {}
    if handling.get("kind") != "ContinueOnErrorBehavior":
        raise TopicError(answer.code, answer.message)
    if handling.get("statusCode"):
        run.set(str(handling["statusCode"]), from_plain(answer.status))
    if handling.get("errorResponseBody"):
        run.set(str(handling["errorResponseBody"]), from_plain(answer.value or answer.message))


def as_declared(run: Run, answer: Any, schema: Any, where: str) -> Value:
    """What came back, as the type that the author has declared for it.

    Raises:
        TopicError: it is not of that type.
    """
    if schema is None:
        return from_plain(answer)
    try:
        return typed(answer, schema, run.world.timezone)
    except NotOfTypeError as error:
        raise TopicError(CONTENT, f"{where}: {error}") from None


def _latency(run: Run, step: Step) -> dict[str, Any]:
    settings = step.properties.get("latencyMessageSettings")
    settings = settings if isinstance(settings, Mapping) else {}
    if not settings.get("latencyMessage") or not run.boolean(settings.get("allowLatencyMessage"), default=False):
        return {}
    delay = run.value(settings.get("latencyMessageDelayInMilliseconds", 500))
    seconds = float(delay) / 1000 if isinstance(delay, Decimal | float | int) else 0.5
    return {"latency": activity_of(run, settings["latencyMessage"]), "latency_seconds": max(seconds, 0.0)}


def headers_of(answer: Answer) -> Record:
    """An answer's headers, as formulas read them."""
    return Record(dict(answer.headers))
