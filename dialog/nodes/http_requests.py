"""The node "Send HTTP request"."""

import json
from collections.abc import Mapping
from typing import Any

from dialog.calls import HttpCall
from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.nodes.world import answer_of, as_declared, headers_of, seconds_of, went_wrong
from dialog.powerfx.encoding import plain
from dialog.program import Step
from dialog.run import Run

METHODS = frozenset(["GET", "POST", "PATCH", "PUT", "DELETE"])


@node("HttpRequestAction")
def http_request(run: Run, step: Step) -> Flow:
    """Ask a web service, and put its answer into a variable; where it fails, On Error or the author's own branch."""
    answer = answer_of(run, step, lambda: _call(run, step), seconds_of(run, step))
    if answer is None:
        return Flow.WAIT
    run.trace("http", step, answer.status)
    properties = step.properties
    if properties.get("responseHeaders"):
        run.set(str(properties["responseHeaders"]), headers_of(answer))
    if answer.code:
        went_wrong(run, step, answer)
        return Flow.NEXT
    handling = properties.get("errorHandling")
    if isinstance(handling, Mapping) and handling.get("statusCode"):
        run.set(str(handling["statusCode"]), as_declared(run, answer.status, "Number", step.key))
    if properties.get("response"):
        value = as_declared(run, answer.value, properties.get("responseSchema"), f"HttpRequestAction {step.key}")
        run.set(str(properties["response"]), value)
    return Flow.NEXT


def _call(run: Run, step: Step) -> HttpCall:
    properties = step.properties
    method = str(properties.get("method") or "Get").upper()
    if method not in METHODS:
        raise TopicError(CONTENT, f'HttpRequestAction {step.key}: there is no method "{properties.get("method")}"')
    headers = properties.get("headers")
    told = {str(name): run.text(value) for name, value in headers.items()} if isinstance(headers, Mapping) else {}
    body, content_type = _body(run, properties.get("body"))
    if content_type and not any(name.lower() == "content-type" for name in told):
        told["Content-Type"] = content_type
    return HttpCall(method=method, url=run.text(properties.get("url")).strip(), headers=told, body=body)


def _body(run: Run, authored: Any) -> tuple[str | None, str]:
    """The body as it is sent, and its content type."""
    authored = authored if isinstance(authored, Mapping) else {}
    match authored.get("kind"):
        case "JsonRequestContent":
            return json.dumps(plain(run.value(authored.get("content"))), ensure_ascii=False), "application/json"
        case "RawRequestContent":
            return run.text(authored.get("content")), run.text(authored.get("contentType")) or "text/plain"
        case _:
            return None, ""
