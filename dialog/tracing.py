"""What a turn did, node by node, in the form of Copilot Studio's own test pane.

The pane is sent an event `DialogTracing` with one entry for each node that ran: its condition's exits, and what
variables it changed. Beside it stand `trace` activities such as a transcript has: which topic a message was taken for,
which topic went to which, which error there was, each variable that was set, each survey. Nothing of this is done
unless somebody asks (`World.tracing`).

The kinds: learn.microsoft.com/microsoft-copilot-studio/analytics-sessions-transcripts. That page does not tell their
fields, which are those of transcripts that people have published; these differ in a variable's `type`, which here is
its scope.
"""

from typing import Any

from dialog.definition import Topic
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import Value
from dialog.program import Step
from protocol.activity import EVENT, Activity

DIALOG_TRACING = "DialogTracing"
TRACE = "trace"
OUTCOME = "conversationOutcome"
"""The property by which an author says on any node what has come of the conversation."""
LONGEST = 2_000
"""Characters of a text that a trace shows of a variable."""


_KEPT = {"Topic": ("dialogState", "local"), "Global": ("globalState", "global")}
"""By a variable's scope: where a node's entry has it, and what an assignment calls it."""


class Tracer:
    """Writes down one turn."""

    def __init__(self) -> None:
        self._told: list[Activity] = []
        self._actions: list[dict[str, Any]] = []
        self._beside: list[Activity] = []

    def node(self, topic: Topic, step: Step) -> None:
        """A node begins to run; what follows is its doing."""
        outcome = step.properties.get(OUTCOME)
        self._actions.append(
            {
                "actionId": step.key,
                "topicId": topic.name,
                "triggerId": str(topic.trigger.get("id", "main")),
                "dialogComponentId": "",
                "actionType": step.kind,
                "conditionItemExit": [],
                "variableState": {"dialogState": {}, "globalState": {}},
                "exception": "",
                "resultTrace": {OUTCOME: str(outcome)} if outcome else {},
            }
        )

    def exit(self, condition: str) -> None:
        """The node goes on by this condition."""
        self._now()["conditionItemExit"].append(condition)

    def assigned(self, scope: str, name: str, value: Value) -> None:
        """The node has set a variable."""
        shown = _shown(plain(value))
        kept, where = _KEPT.get(scope, ("", "global"))
        if kept:
            self._now()["variableState"][kept][name] = shown
        told = {"name": name, "id": f"{scope}.{name}", "newValue": shown, "type": where}
        self.beside("VariableAssignment", told)

    def note(self, what: str, detail: Any) -> None:
        """The node has something else to tell."""
        self._now()["resultTrace"][what] = detail

    def failed(self, code: str, message: str) -> None:
        """The turn went wrong, in the node that ran last if any did."""
        if self._actions:
            self._actions[-1]["exception"] = f"{code}: {message}"
        self.tell("ErrorTraceData", {"errorCode": code, "errorSubCode": "", "errorMessage": message})

    def tell(self, value_type: str, value: dict[str, Any]) -> None:
        """Something that no node did. It stands after what the nodes before it did."""
        self._close()
        self._told.append(_trace(value_type, value))

    def beside(self, value_type: str, value: dict[str, Any]) -> None:
        """Something that the node does, for those who look for it and not for nodes. It stands after the nodes."""
        self._beside.append(_trace(value_type, value))

    def all(self) -> tuple[Activity, ...]:
        """Everything, in order."""
        self._close()
        return tuple(self._told)

    def _now(self) -> dict[str, Any]:
        if not self._actions:
            # Between nodes: the trigger's own doing.
            self._actions.append(
                {"variableState": {"dialogState": {}, "globalState": {}}, "conditionItemExit": [], "resultTrace": {}}
            )
        return self._actions[-1]

    def _close(self) -> None:
        actions = [action for action in self._actions if action.get("actionId") or action["resultTrace"]]
        self._actions = []
        if actions:
            event = {
                "type": EVENT,
                "name": DIALOG_TRACING,
                "valueType": "DialogTracingInfo",
                "value": {"actions": actions},
            }
            self._told.append(Activity.model_validate(event))
        self._told += self._beside
        self._beside = []


def _trace(value_type: str, value: dict[str, Any]) -> Activity:
    return Activity.model_validate({"type": TRACE, "valueType": value_type, "value": value})


def _shown(value: Any) -> Any:
    return value[:LONGEST] if isinstance(value, str) else value
