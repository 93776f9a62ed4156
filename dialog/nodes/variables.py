"""Conditions and variables."""

from collections.abc import Mapping

from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.powerfx.comparing import equal
from dialog.powerfx.encoding import text_of
from dialog.powerfx.values import Table, Value, row_of, rows_of
from dialog.program import Step
from dialog.run import Run, bare


@node("ConditionGroup", "IfCondition", "ActionScope")
def condition_group(run: Run, step: Step) -> Flow:
    """The first branch whose condition holds. A condition that ends in an error is an error of the topic."""
    for branch in step.branches:
        if branch.condition is None or run.boolean(branch.condition, default=False):
            if run.tracer:
                run.tracer.exit(branch.id)
            run.frame.position = branch.first
            return Flow.MOVED
    return Flow.NEXT


@node("SetVariable")
def set_variable(run: Run, step: Step) -> Flow:
    """Set a variable to a value."""
    run.set(str(step.properties["variable"]), run.value(step.properties.get("value")))
    return Flow.NEXT


@node("SetTextVariable")
def set_text_variable(run: Run, step: Step) -> Flow:
    """Set a variable to a text with formulas filled in."""
    run.set(str(step.properties["variable"]), run.text(step.properties.get("value")))
    return Flow.NEXT


@node("SetMultipleVariables")
def set_multiple_variables(run: Run, step: Step) -> Flow:
    """Set several variables, in order."""
    for assignment in step.properties.get("assignments") or ():
        run.set(str(assignment["variable"]), run.value(assignment.get("value")))
    return Flow.NEXT


@node("ResetVariable")
def reset_variable(run: Run, step: Step) -> Flow:
    """Make a variable as if it had never been set."""
    run.set(str(step.properties["variable"]), None)
    name = bare(str(step.properties["variable"]))
    asked = {
        key
        for key, other in run.frame.topic.program.steps.items()
        if bare(str(other.properties.get("variable", ""))) == name
    }
    run.frame.executed = tuple(key for key in run.frame.executed if key not in asked)
    return Flow.NEXT


@node("ClearAllVariables")
def clear_all_variables(run: Run, step: Step) -> Flow:
    """Forget variables: by default the conversation's globals."""
    what = step.properties.get("variables", "ConversationScopedVariables")
    what = text_of(run.value(what)) if str(what).startswith("=") else str(what)
    if what == "ConversationHistory":
        run.phrases.clear()
        run.topics.clear()
        return Flow.NEXT
    scopes = {"UserScopedVariables": {"User"}, "ConversationScopedVariables": {"Conversation"}}.get(
        what, {"User", "Conversation", "Environment"}
    )
    declared = run.agent.variables
    for name in list(run.globals):
        if declared.get(name, {}).get("scope", "Conversation") in scopes:
            del run.globals[name]
            run.last_set.pop(name, None)
    return Flow.NEXT


@node("EditTable")
def edit_table(run: Run, step: Step) -> Flow:
    """Add to a table, take from it, or empty it."""
    properties = step.properties
    variable = str(properties["itemsVariable"])
    rows = rows_of(run.get(variable))
    left, taken = _edited(rows, str(properties.get("changeType", "Add")), run.value(properties.get("value")))
    run.set(variable, left)
    if properties.get("resultVariable"):
        run.set(str(properties["resultVariable"]), taken)
    return Flow.NEXT


@node("EditTableV2")
def edit_table_v2(run: Run, step: Step) -> Flow:
    """The same, with the operation as an object."""
    operation = step.properties.get("changeType")
    if not isinstance(operation, Mapping):
        raise TopicError(CONTENT, "EditTableV2 needs an operation")
    kind = str(operation.get("kind", "")).removesuffix("Operation").removesuffix("s").removesuffix("Item")
    variable = str(step.properties["itemsVariable"])
    left, taken = _edited(rows_of(run.get(variable)), kind, run.value(operation.get("value")))
    run.set(variable, left)
    if operation.get("resultVariable"):
        run.set(str(operation["resultVariable"]), taken)
    return Flow.NEXT


def _edited(rows: Table, change: str, value: Value) -> tuple[Table, Value]:
    match change:
        case "Add":
            added = list(value) if isinstance(value, Table) else [row_of(value)]
            return Table([*rows, *added]), value
        case "Remove":
            return Table(row for row in rows if not _same(row, value)), value
        case "Clear":
            return Table(), None
        case "TakeFirst":
            return Table(rows[1:]), rows[0] if rows else None
        case "TakeLast":
            return Table(rows[:-1]), rows[-1] if rows else None
        case _:
            raise TopicError(CONTENT, f"a table cannot be changed by {change}")


def _same(row: Value, value: Value) -> bool:
    return row == row_of(value) or equal(None, row, value)
