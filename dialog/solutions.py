"""An unpacked solution: `botcomponents/<name>/data`, with `botcomponent.xml` beside, and `bots/<bot>/bot.xml`."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from dialog.bundle import Bundle, Part, intended, kind_in
from dialog.source import Source

ALWAYS, NOBODY = "1", "1"
"""Of the choices `authenticationtrigger` and `authenticationmode` of the table `bot`
(learn.microsoft.com/power-apps/developer/data-platform/reference/entities/bot)."""
TRANSLATION = "10"
"""Of the choices of `componenttype` of the table `botcomponent`, beside that one: "Bot translations (V2)"."""


def solution_bundles(sources: Mapping[str, Source], files: Mapping[str, str]) -> Iterator[Bundle]:
    """Every agent of an unpacked solution: the components whose names begin with the same."""
    bots: dict[str, Bundle] = {}
    names = {PurePosixPath(path).parent.name for path in sources}
    for path, source in sources.items():
        name = PurePosixPath(path).parent.name
        bot = name.split(".")[0]
        bundle = bots.setdefault(bot, Bundle(bot))
        told = _told(files.get(str(PurePosixPath(path).parent / "botcomponent.xml"), ""))
        kind = "translation" if _is_translation(name, told, names) else kind_in(name)
        display_name = told.get("name") or source.title or intended(source.value or {})
        bundle.parts.append(Part(kind, name, source, display_name, enabled=told.get("statecode", "0") == "0"))
    for bot, bundle in bots.items():
        told = _bot_told(bot, files)
        bundle.display_name = told.get("name") or bot
        bundle.language = int(told["language"]) if told.get("language", "").isdigit() else 1033
        bundle.signs_in_first = told.get("authenticationtrigger") == ALWAYS and told.get("authenticationmode") != NOBODY
        yield bundle


def _is_translation(name: str, told: Mapping[str, str], names: Collection[str]) -> bool:
    """Where nothing beside it says so, by its name: that of another component, and a language."""
    of, _, locale = name.rpartition(".")
    return told.get("componenttype") == TRANSLATION or (of in names and bool(_LOCALE.fullmatch(locale)))


_ELEMENT = re.compile(r"<(name|statecode|componenttype|language|authenticationmode|authenticationtrigger)>([^<]*)</")
_LOCALE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


def _told(xml: str) -> dict[str, str]:
    """The few elements of either file that matter. No parser: the files are flat, and they are a stranger's."""
    return {name: value.strip().replace("&amp;", "&") for name, value in _ELEMENT.findall(xml)}


def _bot_told(bot: str, files: Mapping[str, str]) -> dict[str, str]:
    xml = next((text for path, text in files.items() if PurePosixPath(path).parts[-2:] == (bot, "bot.xml")), "")
    return _told(xml)
