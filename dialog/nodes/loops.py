"""For each item of a table."""

from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.powerfx.encoding import from_json, to_json
from dialog.powerfx.values import Record, Table, Value, from_plain
from dialog.program import Step
from dialog.run import Run
from dialog.state import LoopState


@node("Foreach")
def foreach(run: Run, step: Step) -> Flow:
    """Run the actions once for each item, as the items were at the beginning."""
    loop = run.frame.loops.get(step.key)
    if loop is None:
        loop = LoopState(items=tuple(to_json(item) for item in _items(run.value(step.properties.get("items")))))
    if loop.next >= len(loop.items) or not step.branches or step.branches[0].first is None:
        return _leave(run, step)
    run.set(str(step.properties["value"]), from_json(loop.items[loop.next]))
    if step.properties.get("index"):
        run.set(str(step.properties["index"]), from_plain(loop.next))
    run.frame.loops[step.key] = loop.model_copy(update={"next": loop.next + 1})
    run.frame.position = step.branches[0].first
    return Flow.MOVED


@node("BreakLoop")
def break_loop(run: Run, step: Step) -> Flow:
    """Go on behind the innermost loop."""
    loop = _around(run, step)
    _leave(run, loop)
    run.frame.position = loop.next
    return Flow.MOVED


@node("ContinueLoop")
def continue_loop(run: Run, step: Step) -> Flow:
    """Go on with the innermost loop's next item."""
    run.frame.position = _around(run, step).key
    return Flow.MOVED


def _items(value: Value) -> list[Value]:
    """The items: a single column's values themselves, and what is no table as the one item that it is."""
    if value is None:
        return []
    if not isinstance(value, Table):
        return [value]
    return [row["Value"] if isinstance(row, Record) and list(row) == ["Value"] else row for row in value]


def _leave(run: Run, step: Step) -> Flow:
    """Forget the loop, and its variables with it."""
    run.frame.loops.pop(step.key, None)
    for name in ("value", "index"):
        if step.properties.get(name):
            run.set(str(step.properties[name]), None)
    return Flow.NEXT


def _around(run: Run, step: Step) -> Step:
    loops = [
        each
        for each in run.frame.topic.program.steps.values()
        if each.kind == "Foreach" and step.path[: len(each.path)] == each.path
    ]
    if not loops:
        raise TopicError(CONTENT, f"{step.kind} {step.key} stands in no loop")
    return max(loops, key=lambda each: len(each.path))
