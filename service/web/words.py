"""The language of a request, and what templates and scripts need of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_date
from flask import Flask, g, request

from service import texts
from service.web.island_words import ISLAND_WORDS
from service.web.site import site

COOKIE = "rongcuo_language"


def locale() -> str:
    """Return the locale of this request: the person's choice, else what the browser prefers, else the site's."""
    if "locale" not in g:
        chosen = request.cookies.get(COOKIE)
        if chosen not in texts.LOCALES:
            preferred = request.accept_languages.best_match(["zh-CN", "zh", "en"])
            chosen = {"zh-CN": "zh_CN", "zh": "zh_CN", "en": "en"}.get(preferred or "", site().settings.locale)
        g.locale = chosen
    return str(g.locale)


def speak(locale: str) -> None:
    """Say the rest of this request in a language, whatever its reader chose."""
    g.locale = locale


def gettext(text: str, **fields: object) -> str:
    """Return a text of the pages in the language of this request."""
    translated: str = texts.translations(locale()).ugettext(text)
    return translated % fields if fields else translated


def ngettext(one: str, many: str, n: int, **fields: object) -> str:
    """Return the text for a count, which fills `%(num)s`."""
    translated: str = texts.translations(locale()).ungettext(one, many, n)
    return translated % {"num": n, **fields}


def in_chinese(text: str) -> str:
    """Return a text in Chinese whatever the language of the request: the switch names the language in itself."""
    return str(texts.translations("zh_CN").ugettext(text))


def N_(text: str) -> str:
    """Mark a text for the catalogues."""
    return text


def message(code: str, **facts: object) -> str:
    """Return the words of a message code in the language of this request."""
    return texts.message(code, facts, locale())


def island_words() -> dict[str, str]:
    """Return what scripts say: English text to text of this request's language."""
    translated = texts.translations(locale())
    return {text: translated.ugettext(text) for text in ISLAND_WORDS}


def _local(moment: datetime) -> datetime:
    return moment.astimezone(site().settings.zone)


def day(value: date | datetime | None) -> str:
    """Return the day as tables show it, in the site's zone."""
    if value is None:
        return ""
    return (_local(value).date() if isinstance(value, datetime) else value).isoformat()


def moment(value: datetime | str | None) -> str:
    """Return day and time to the minute, in the site's zone; records hold moments as text."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value if isinstance(value, str) else ""
        if value.tzinfo is None:
            return value.strftime("%Y-%m-%d %H:%M")
    return "" if value is None else _local(value).strftime("%Y-%m-%d %H:%M")


def long_day(value: date | datetime) -> str:
    """Return the day with its weekday in words."""
    plain = _local(value).date() if isinstance(value, datetime) else value
    return str(format_date(plain, "full", locale=Locale.parse(locale())))


def register(app: Flask) -> None:
    """Give the templates their language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    install: Any = app.jinja_env
    install.install_gettext_callables(
        lambda text: texts.translations(locale()).ugettext(text),
        lambda one, many, n: texts.translations(locale()).ungettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: texts.translations(locale()).upgettext(context, text),
    )
    app.jinja_env.filters.update(day=day, moment=moment, long_day=long_day)
    app.jinja_env.globals.update(locale=locale, message=message)
