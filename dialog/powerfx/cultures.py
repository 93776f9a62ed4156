"""How a language writes numbers and dates (CLDR, as .NET has it). Patterns are .NET's: d M y H h m s t."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dialog.powerfx.kinds import EvaluationError

_ENGLISH_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
_ENGLISH_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


@dataclass(frozen=True)
class Culture:
    """One language's signs, names and patterns. Days begin with Sunday."""

    name: str
    point: str = "."
    group: str = ","
    currency: str = "$"
    months: tuple[str, ...] = tuple(_ENGLISH_MONTHS)
    days: tuple[str, ...] = tuple(_ENGLISH_DAYS)
    short_months: tuple[str, ...] = tuple(name[:3] for name in _ENGLISH_MONTHS)
    short_days: tuple[str, ...] = tuple(name[:3] for name in _ENGLISH_DAYS)
    halves: tuple[str, str] = ("AM", "PM")
    short_date: str = "M/d/yyyy"
    long_date: str = "dddd, MMMM d, yyyy"
    short_time: str = "h:mm tt"
    long_time: str = "h:mm:ss tt"
    order: str = "mdy"
    space: str = " "
    """What stands between a long date and a time."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.replace("_", " ").split("|")) if "|" in text else tuple(text.split())


_EUROPEAN: dict[str, Any] = {
    "short_time": "HH:mm",
    "long_time": "HH:mm:ss",
    "order": "dmy",
    "currency": "€",
    "point": ",",
}

_CULTURES = {
    "en-US": Culture("en-US"),
    "en-GB": Culture(
        "en-GB", currency="£", short_date="dd/MM/yyyy", long_date="dddd d MMMM yyyy", short_time="HH:mm",
        long_time="HH:mm:ss", order="dmy", halves=("am", "pm"),
    ),
    "de-DE": Culture(
        "de-DE", **_EUROPEAN, group=".", short_date="dd.MM.yyyy", long_date="dddd, d. MMMM yyyy",
        months=_names("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        short_months=_names("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
        days=_names("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
        short_days=_names("So Mo Di Mi Do Fr Sa"),
    ),
    "fr-FR": Culture(
        "fr-FR", **_EUROPEAN, group="\u202f", short_date="dd/MM/yyyy", long_date="dddd d MMMM yyyy",
        months=_names("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        short_months=_names("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
        days=_names("dimanche lundi mardi mercredi jeudi vendredi samedi"),
        short_days=_names("dim. lun. mar. mer. jeu. ven. sam."),
    ),
    "es-ES": Culture(
        "es-ES", **{**_EUROPEAN, "short_time": "H:mm", "long_time": "H:mm:ss"}, group=".", short_date="d/M/yyyy",
        long_date="dddd, d 'de' MMMM 'de' yyyy",
        months=_names("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        short_months=_names("ene feb mar abr may jun jul ago sept oct nov dic"),
        days=_names("domingo lunes martes miércoles jueves viernes sábado"),
        short_days=_names("dom lun mar mié jue vie sáb"),
    ),
    "it-IT": Culture(
        "it-IT", **_EUROPEAN, group=".", short_date="dd/MM/yyyy", long_date="dddd d MMMM yyyy",
        months=_names("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
        short_months=_names("gen feb mar apr mag giu lug ago set ott nov dic"),
        days=_names("domenica lunedì martedì mercoledì giovedì venerdì sabato"),
        short_days=_names("dom lun mar mer gio ven sab"),
    ),
    "pt-BR": Culture(
        "pt-BR", **{**_EUROPEAN, "currency": "R$"}, group=".", short_date="dd/MM/yyyy",
        long_date="dddd, d 'de' MMMM 'de' yyyy",
        months=_names("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        short_months=_names("jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."),
        days=_names("domingo|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado"),
        short_days=_names("dom. seg. ter. qua. qui. sex. sáb."),
    ),
    "nl-NL": Culture(
        "nl-NL", **_EUROPEAN, group=".", short_date="dd-MM-yyyy", long_date="dddd d MMMM yyyy",
        months=_names("januari februari maart april mei juni juli augustus september oktober november december"),
        short_months=_names("jan feb mrt apr mei jun jul aug sep okt nov dec"),
        days=_names("zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"),
        short_days=_names("zo ma di wo do vr za"),
    ),
    "fi-FI": Culture(
        "fi-FI", **{**_EUROPEAN, "short_time": "H.mm", "long_time": "H.mm.ss"}, group="\xa0", short_date="d.M.yyyy",
        long_date="dddd d. MMMM yyyy",
        months=_names(
            "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu"
        ),
        short_months=_names("tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"),
        days=_names("sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai"),
        short_days=_names("su ma ti ke to pe la"),
    ),
    "vi-VN": Culture(
        "vi-VN", point=",", group=".", currency="₫", short_date="dd/MM/yyyy", long_date="dd MMMM yyyy",
        short_time="h:mm tt", long_time="h:mm:ss tt", order="dmy", halves=("SA", "CH"),
        months=_names(
            "Tha\u0301ng_Giêng|Tha\u0301ng_Hai|Tha\u0301ng_Ba|Tha\u0301ng_Tư|Tha\u0301ng_Năm|Tha\u0301ng_Sáu|Tha\u0301ng_Bảy|Tha\u0301ng_Tám|Tha\u0301ng_Chín"
            "|Tha\u0301ng_Mười|Tha\u0301ng_Mười_Một|Tha\u0301ng_Mười_Hai"
        ),
        short_months=_names("Thg1 Thg2 Thg3 Thg4 Thg5 Thg6 Thg7 Thg8 Thg9 Thg10 Thg11 Thg12"),
        days=_names("Chủ_Nhật|Thứ_Hai|Thứ_Ba|Thứ_Tư|Thứ_Năm|Thứ_Sáu|Thứ_Bảy"),
        short_days=_names("CN T2 T3 T4 T5 T6 T7"),
    ),
}  # fmt: skip
_WELL_FORMED = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?", re.IGNORECASE)


@lru_cache(maxsize=200)
def culture_of(language: str) -> Culture:
    """The culture of a language such as `de-DE`; one that is not known here is written as its nearest kin, or English.

    Raises:
        EvaluationError: it is no language's code.
    """
    if not _WELL_FORMED.fullmatch(language):
        raise EvaluationError("BadLanguageCode", "this is no language's code, such as en-US")
    wanted = language.casefold()
    kin = wanted.partition("-")[0]
    for name, culture in _CULTURES.items():
        if name.casefold() == wanted:
            return culture
    return next((culture for name, culture in _CULTURES.items() if name.startswith(f"{kin}-")), _CULTURES["en-US"])


def spoken(language: str) -> Culture:
    """The culture of a conversation, whatever its channel calls its language."""
    return culture_of(language) if _WELL_FORMED.fullmatch(language) else _CULTURES["en-US"]
