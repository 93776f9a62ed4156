"""Nodes that ask or tell the world outside. What this version cannot ask answers as an agent without it does."""

from dialog.nodes.registry import Flow, node
from dialog.program import Step
from dialog.run import Run


@node("LogCustomTelemetryEvent")
def log_custom_telemetry_event(run: Run, step: Step) -> Flow:
    """Write an event of the author's into the trace."""
    run.trace("telemetry", step, run.text(step.properties.get("eventName")))
    return Flow.NEXT


@node("SearchAndSummarizeContent", "AnswerQuestionWithAI", "SearchKnowledgeSources")
def search_and_summarize(run: Run, step: Step) -> Flow:
    """Look for an answer in the agent's knowledge; an agent with none finds nothing, and the variable is Blank."""
    variable = step.properties.get("variable") or step.properties.get("result")
    if variable:
        run.set(str(variable), None)
    run.trace("searched", step, "nothing found")
    return Flow.NEXT
