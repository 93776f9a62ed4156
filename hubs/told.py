"""A handoff's history and variables as text, for hubs that take no transcript of their own."""

from collections.abc import Iterable, Iterator

from hubs.handoffs import Handoff
from protocol.activity import Activity

ROLES = {"user": "Customer", "bot": "Assistant", "agent": "Representative"}
_OWN = "va_"


def line_of(activity: Activity) -> str:
    """One thing that was said: `10:02 Ada: text`, with the names of its files."""
    name = (activity.from_ and activity.from_.name) or ROLES.get(activity.role, activity.role)
    clock = f"{activity.timestamp:%H:%M} " if activity.timestamp else ""
    files = [attachment.name or attachment.content_type for attachment in activity.attachments or ()]
    return f"{clock}{name}: {' '.join([activity.text or '', *(f'[{file}]' for file in files)]).strip()}"


def summary(handoff: Handoff) -> str:
    """The private note, the last topic and every variable of the topics, a line each."""
    variables = handoff.variables
    lines = [str(variables["va_AgentMessage"])] if variables.get("va_AgentMessage") else []
    if variables.get("va_LastTopic"):
        lines.append(f"Topic: {variables['va_LastTopic']}")
    lines.extend(f"{name}: {value}" for name, value in variables.items() if not name.startswith(_OWN))
    return "\n".join(lines)


def chunks(lines: Iterable[str], limit: int) -> Iterator[str]:
    """Lines gathered into texts of at most `limit` characters; a line that is longer is cut."""
    gathered = ""
    for line in lines:
        for part in _cut(line, limit):
            if gathered and len(gathered) + 1 + len(part) > limit:
                yield gathered
                gathered = ""
            gathered = f"{gathered}\n{part}" if gathered else part
    if gathered:
        yield gathered


def _cut(line: str, limit: int) -> list[str]:
    return [line[at : at + limit] for at in range(0, len(line), limit)] or [""]
