"""What an adapter sent to its simulator, held against the vendor's published contract."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTRACTS = Path(__file__).parents[3] / "shared" / "contracts"


@dataclass
class Recording:
    """An app that writes down every request on its way to another."""

    app: ASGIApp
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    """Of each request, with lower-case names."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the body read along the way."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = b""

        async def heard() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        try:
            await self.app(scope, heard, send)
        finally:
            self.requests.append((scope["method"], scope["path"], body))
            self.headers.append({name.decode(): value.decode("latin-1") for name, value in scope["headers"]})


class Contract:
    """One vendor's OpenAPI document, or its Swagger 2 one."""

    def __init__(self, name: str, prefix: str = "") -> None:
        path = CONTRACTS / name
        if not path.exists():
            pytest.skip(f"the contract {name} is not at hand")
        # YAML holds JSON, too, but reading a large one takes a minute.
        read = json.loads if path.suffix == ".json" else YAML(typ="safe", pure=True).load
        self._document: dict[str, Any] = _discriminated(read(path.read_text(encoding="utf-8")))
        # OpenAPI 3.1 has JSON Schema's own words; 3.0 has those of an older draft.
        newer = str(self._document.get("openapi", "")).startswith("3.1")
        self._validator = jsonschema.Draft202012Validator if newer else jsonschema.Draft7Validator
        self._prefix = prefix

    def check(self, method: str, path: str, body: bytes) -> None:
        """The request is one of the contract's operations, and its JSON body is what that takes."""
        operation = self._operation(method, path.removeprefix(self._prefix))
        schema = _body_of(operation)
        if schema is not None and body:
            shared = {name: self._document[name] for name in ("components", "definitions") if name in self._document}
            whole = {**schema, **shared}
            self._validator(whole).validate(json.loads(body))

    def check_headers(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Every header that the operation wants is there, and as it wants it."""
        for parameter in self._operation(method, path.removeprefix(self._prefix)).get("parameters") or ():
            if parameter.get("in") == "header" and parameter.get("required"):
                value = headers.get(parameter["name"].lower())
                assert value is not None, f"{method} {path} wants {parameter['name']}"
                self._validator(parameter.get("schema") or {}).validate(value)

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        fitting = [
            (template.count("{"), operations[method.lower()])
            for template, operations in self._document["paths"].items()
            if method.lower() in operations and re.fullmatch(_pattern(template), path)
        ]
        assert fitting, f"the contract has no {method} {path}"
        operation: dict[str, Any] = min(fitting, key=lambda pair: pair[0])[1]
        return operation


def _pattern(template: str) -> str:
    literals = re.split(r"\{[^}]+\}", template)
    return "[^/]+".join(re.escape(literal) for literal in literals)


def _body_of(operation: dict[str, Any]) -> Any:
    """The schema of an operation's JSON body, in either version's place."""
    content = (operation.get("requestBody") or {}).get("content") or {}
    if "application/json" in content:
        return content["application/json"].get("schema")
    bodies = (each["schema"] for each in operation.get("parameters") or () if each.get("in") == "body")
    return next(bodies, None)


def _discriminated(schema: Any) -> Any:
    """OpenAPI's `discriminator` in JSON Schema's words: of several forms, the one that the property names."""
    if isinstance(schema, list):
        return [_discriminated(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {name: _discriminated(value) for name, value in schema.items()}
    mapping = (
        (whole.get("discriminator") or {}).get("mapping") if isinstance(whole.get("discriminator"), dict) else None
    )
    if mapping and "oneOf" in whole:
        named = whole.pop("discriminator")["propertyName"]
        del whole["oneOf"]
        whole["allOf"] = [
            {"if": {"properties": {named: {"const": value}}}, "then": {"$ref": form}} for value, form in mapping.items()
        ]
        whole["properties"] = {named: {"enum": list(mapping)}}
    if isinstance(whole.get("discriminator"), str) and "x-subtypes" in whole:
        named = whole.pop("discriminator")
        whole["allOf"] = [
            {"if": {"properties": {named: {"const": value}}}, "then": {"$ref": f"#/definitions/{form}"}}
            for value, form in whole["x-subtypes"].items()
        ]
    return whole
