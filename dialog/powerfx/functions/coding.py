"""Texts fit for the web: EncodeUrl, EncodeHTML, PlainText."""

import html
import re
from urllib.parse import quote

from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import TEXT
from dialog.powerfx.values import Value

_TEXT = Parameter(TEXT, blank="")


@function("EncodeUrl", takes=[_TEXT], gives=TEXT)
def encode_url(run: Run, text: str) -> Value:
    """Fit for a URL."""
    return run.sized(quote(text, safe="-_.~", errors="replace"))


@function("EncodeHTML", takes=[_TEXT], gives=TEXT)
def encode_html(run: Run, text: str) -> Value:
    """Fit for HTML, as .NET's `WebUtility.HtmlEncode` has it: Latin 1 and what is beyond 16 bits become numbers."""
    named = html.escape(text).replace("&#x27;", "&#39;")
    return run.sized(_NUMBERED.sub(lambda letter: f"&#{ord(letter[0])};", named))


_NUMBERED = re.compile("[\xa0-\xff\U00010000-\U0010ffff]")
_EMPTY = ("header", "script", "style")
_NAME = re.compile(r"\w*")
_LINE = frozenset(["br", "li"])
_PARAGRAPH = frozenset(["div", "p", "tr"])


@function("PlainText", takes=[_TEXT], gives=TEXT)
def plain_text(run: Run, text: str) -> Value:
    """Without HTML's tags: `<br>` and `<li>` begin a line, `<p>`, `<div>` and `<tr>` a paragraph."""
    run.spend(len(text) // 20)
    text = text.strip()
    for name in _EMPTY:
        text = _without(text, name)
    text = _without_comments(text)
    return run.sized(html.unescape(_without_tags(text)).strip())


def _without_tags(text: str) -> str:
    """Without tags, in one pass: a pattern would begin again at every `<` that nothing closes."""
    kept, position = [], 0
    while (begin := text.find("<", position)) >= 0 and (end := text.find(">", begin)) >= 0:
        kept += [text[position:begin], _spaced(text[begin + 1 : end])]
        position = end + 1
    return "".join(kept) + text[position:]


def _spaced(tag: str) -> str:
    name = _NAME.match(tag.lstrip()[:20].lower())
    word = name.group() if name else ""
    if word in _LINE:
        return "\r\n"
    return "\r\n\r\n" if word in _PARAGRAPH else ""


def _without(text: str, name: str) -> str:
    """Without elements of this name, and what is in them. One pass: a tag that is never closed stays."""
    opening, closing = (
        re.compile(rf"<\s*{name}[^>]*>", re.IGNORECASE),
        re.compile(rf"<\s*/\s*{name}\s*>", re.IGNORECASE),
    )
    kept, position = [], 0
    while text.find(">", position) >= 0:
        begin = opening.search(text, position)
        end = closing.search(text, begin.end()) if begin else None
        if not begin or not end:
            break
        kept.append(text[position : begin.start()])
        position = end.end()
    return "".join(kept) + text[position:]


def _without_comments(text: str) -> str:
    kept, position = [], 0
    while True:
        begin = text.find("<!--", position)
        end = text.find("-->", begin + 4) if begin >= 0 else -1
        if end < 0:
            break
        kept.append(text[position:begin])
        position = end + 3
    return "".join(kept) + text[position:]
