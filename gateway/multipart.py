"""The parts of an upload: files, and the activity that they belong to."""

import re
from collections.abc import AsyncGenerator
from typing import Any

from python_multipart.exceptions import FormParserError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from gateway.answers import bad, too_big
from gateway.body import MAX_BODY, json_object, read
from gateway.incoming import MAX_ATTACHMENTS
from gateway.uploads import Upload

_NAME = re.compile(r"[^\w.\- ()]+")
_TYPE = re.compile(r"^[\w.+-]+/[\w.+-]+$")
_FILENAME = re.compile(r'filename="?([^";]+)"?', re.IGNORECASE)


async def parts(request: Request, limit: int) -> tuple[dict[str, Any], list[Upload]]:
    """The activity (empty where none was sent) and the files of an upload.

    Raises:
        RequestError: 400 not an upload, 413 more than `limit` bytes of files.
    """
    content_type = request.headers.get("content-type", "")
    multipart = content_type.startswith("multipart/")
    data = await read(request, limit + MAX_BODY if multipart else limit)
    if not multipart:
        found = _FILENAME.search(request.headers.get("content-disposition", ""))
        return {}, [_upload(found and found[1], content_type, data)]
    try:
        parser = MultiPartParser(
            Headers(raw=request.headers.raw),
            _at_once(data),
            max_files=MAX_ATTACHMENTS + 1,
            max_fields=MAX_ATTACHMENTS,
            max_part_size=MAX_BODY,
        )
        form = await parser.parse()
    except (MultiPartException, FormParserError, KeyError, UnicodeDecodeError) as error:
        raise bad(f"the multipart body cannot be read: {error}") from None
    try:
        activity, files = await _sorted(form.multi_items())
    finally:
        await form.close()
    if sum(len(file.data) for file in files) > limit:
        raise too_big(f"an upload may have {limit} bytes")
    return activity, files


async def _at_once(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data


async def _sorted(items: list[tuple[str, UploadFile | str]]) -> tuple[dict[str, Any], list[Upload]]:
    activity: dict[str, Any] = {}
    files = []
    for name, part in items:
        data = part.encode() if isinstance(part, str) else await part.read()
        kind = "" if isinstance(part, str) else part.content_type or ""
        if name == "activity" or kind == "application/vnd.microsoft.activity":
            activity = json_object(data)
        elif not isinstance(part, str):
            files.append(_upload(part.filename, kind, data))
    return activity, files


def _upload(name: str | None, content_type: str, data: bytes) -> Upload:
    if not data:
        raise bad("an uploaded file is empty")
    kind = content_type.partition(";")[0].strip().lower()
    plain = _NAME.sub("_", (name or "").replace("\\", "/").rpartition("/")[2]).strip(". ")[-100:]
    return Upload(
        name=plain or "file", content_type=kind if _TYPE.match(kind) else "application/octet-stream", data=data
    )
