"""Nodes that have something done elsewhere, under a name: flows, connectors, models, skills, tools."""

from collections.abc import Callable, Mapping
from typing import Any

from dialog.calls import OperationCall
from dialog.errors import SIGN_IN
from dialog.nodes.registry import Flow, node
from dialog.nodes.signing_in import sign_in_first, token_of
from dialog.nodes.world import answer_of, inputs_of, seconds_of, take_outputs, went_wrong
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import from_plain
from dialog.program import Step
from dialog.run import Run

INVOKER = "Invoker"
"""The mode of a connection that is the customer's own; `Maker` is its author's."""
FLOW_SECONDS = 100.0
"""Copilot Studio's own limit for a flow."""


def _name(*properties: str) -> Callable[[Step], str]:
    return lambda step: next((str(step.properties[name]) for name in properties if step.properties.get(name)), "")


_KINDS: dict[str, tuple[str, Callable[[Step], str]]] = {
    "InvokeFlowAction": ("flow", _name("flowId")),
    "InvokeFlowTaskAction": ("flow", _name("flowId")),
    "InvokeConnectorAction": ("connector", _name("operationId")),
    "InvokeConnectorTaskAction": ("connector", _name("operationId")),
    "WaitForConnectorTrigger": ("trigger", _name("operationId")),
    "InvokeAIBuilderModelAction": ("model", _name("aIModelId")),
    "InvokeAIBuilderModelTaskAction": ("model", _name("aIModelId")),
    "InvokeAgentTaskAction": ("agent", _name("botSchemaName", "agentId")),
    "InvokeClientTaskAction": ("tool", _name("clientActionId", "operationId")),
    "InvokeComputerUsingAgentTaskAction": ("tool", _name("operationId")),
    "InvokeSkillTaskAction": ("skill", _name("actionId", "skillId")),
    "InvokeSkillAction": ("skill", _name("actionId", "skillId")),
    "InvokeMcpToolAction": ("tool", _name("toolName")),
    "InvokeAIPluginTaskAction": ("tool", _name("operationId", "pluginId")),
    "InvokeConnectedAgentTaskAction": ("agent", _name("botSchemaName", "agentId")),
    "InvokeExternalAgentTaskAction": ("agent", _name("operationId", "agentId")),
}
"""What each kind asks for, and which of its properties names it."""


@node(*_KINDS)
def invoke(run: Run, step: Step) -> Flow:
    """Have it done, and put what comes back into the author's variables."""
    what, name = _KINDS[step.kind]
    answer = answer_of(run, step, lambda: _call(run, step, what, name(step)), _seconds(run, step, what))
    if answer is None:
        return Flow.WAIT
    if answer.code == SIGN_IN and sign_in_first(run):
        return Flow.MOVED
    run.frame.stage = ""
    run.trace(what, step, answer.code or "done")
    if answer.code:
        went_wrong(run, step, answer)
        return Flow.NEXT
    take_outputs(run, step, answer.value)
    if step.kind.endswith("TaskAction"):
        _give_back(run, answer.value)
    return Flow.NEXT


def _call(run: Run, step: Step, what: str, name: str) -> OperationCall:
    properties = step.properties.get("connectionProperties")
    # Some files have the operation among the connection's properties.
    within = properties.get("operationId") if isinstance(properties, Mapping) else None
    return OperationCall(
        what=what,
        name=name or str(within or ""),
        connection=str(step.properties.get("connectionReference") or step.properties.get("serverSchemaName") or ""),
        inputs=_task_inputs(run) if step.kind.endswith("TaskAction") else inputs_of(run, step),
        token=token_of(run) if isinstance(properties, Mapping) and properties.get("mode") == INVOKER else "",
    )


def _task_inputs(run: Run) -> dict[str, Any]:
    """What an action of the agent's own (`TaskDialog`) is given: what its author fixed, else what its caller gave."""
    given = {name: plain(value) for name, value in run.frame.variables.items()}
    for authored in _mappings(run.frame.topic.body.get("inputs")):
        name = str(authored.get("propertyName", ""))
        if authored.get("kind") == "ManualTaskInput":
            given[name] = plain(run.value(authored.get("value")))
        elif given.get(name) is None and "defaultValue" in authored:
            given[name] = plain(run.value(authored["defaultValue"]))
    return given


def _give_back(run: Run, value: Any) -> None:
    """Such an action's outputs, for its caller."""
    names = [str(authored.get("propertyName", "")) for authored in _mappings(run.frame.topic.body.get("outputs"))]
    fields = value if isinstance(value, Mapping) else dict.fromkeys(names, value)
    for name, field in fields.items():
        run.frame.variables[str(name)] = from_plain(field)


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _seconds(run: Run, step: Step, what: str) -> float:
    return FLOW_SECONDS if what == "flow" else seconds_of(run, step)
