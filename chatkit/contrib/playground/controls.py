"""The controls: for each option its kind, where it stands in the options, and its value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from chatkit.fields import JsonObject
from chatkit.page.options import PROMPTS, locale

Choices = list[tuple[str, str]]

HEADER_ICONS = (
    *("menu", "home", "settings-cog", "sidebar-left", "sidebar-right", "compose", "share"),
    *("history", "book-open", "expand-large", "star", "dots-horizontal"),
)
PROMPT_ICONS = (
    *("sparkle", "compass", "keys", "lightbulb", "circle-question", "info", "search", "document"),
    *("book-open", "calendar", "chart", "mail", "phone", "user", "globe", "lifesaver", "bolt"),
)
ROWS = 3  # of tools, and of models


@dataclass
class Control:
    """One control. `path` leads to its option; those with a `switch` count where that is on."""

    label: str
    path: str
    kind: str = "text"
    value: Any = ""
    choices: Choices = field(default_factory=list)
    limits: tuple[int, int] = (0, 0)
    switch: str = ""
    number: bool = False

    @property
    def id(self) -> str:
        return "ckp-" + (self.path or self.switch).replace(".", "-")


@dataclass
class Section:
    name: str
    label: str
    controls: list[Control]
    hint: str = ""


def sections(options: JsonObject) -> list[Section]:
    """All controls, with the values that the site's chat has now."""
    return [
        Section("theme", _("Theme"), _theme(options)),
        Section("start", _("Start screen"), _start(options)),
        Section("composer", _("Composer"), _composer(options)),
        Section(
            "header",
            _("Header"),
            _header(options),
            _("Buttons run functions of a page: they are in the JavaScript and React code alone."),
        ),
        Section("more", _("History, disclaimer, language"), _more(options)),
    ]


def value_at(options: JsonObject, path: str, default: Any) -> Any:
    """The option at a path such as `theme.color.accent`."""
    found: Any = options
    for part in path.split("."):
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]
        except (KeyError, IndexError, TypeError):
            return default
    return found


def _theme(options: JsonObject) -> list[Control]:
    def at(path: str, default: Any) -> Any:
        return value_at(options, f"theme.{path}", default)

    accent, gray, surface = (f"theme.color.{part}" for part in ("accent", "grayscale", "surface"))
    return [
        _select(
            _("Colour scheme"),
            "theme.colorScheme",
            at("colorScheme", ""),
            [("", _("As the page")), ("light", _("Light")), ("dark", _("Dark"))],
        ),
        _select(
            _("Corners"),
            "theme.radius",
            at("radius", ""),
            [
                ("", _("As the page")),
                *(("pill", _("Pill")), ("round", _("Round"))),
                *(("soft", _("Soft")), ("sharp", _("Sharp"))),
            ],
        ),
        _select(
            _("Density"),
            "theme.density",
            at("density", ""),
            [
                ("", _("As the page")),
                *(("compact", _("Compact")), ("normal", _("Normal")), ("spacious", _("Spacious"))),
            ],
        ),
        _switch(_("Own accent colour"), accent, bool(at("color.accent", None))),
        _color(
            _("Accent colour"),
            f"{accent}.primary",
            at("color.accent.primary", ""),
            accent,
            "#9155fd",
        ),
        _range(
            _("Strength of the accent"),
            f"{accent}.level",
            at("color.accent.level", 2),
            (0, 3),
            accent,
        ),
        _switch(_("Own shades of grey"), gray, bool(at("color.grayscale", None))),
        _range(_("Hue"), f"{gray}.hue", at("color.grayscale.hue", 270), (0, 360), gray),
        _range(_("Tint"), f"{gray}.tint", at("color.grayscale.tint", 3), (0, 9), gray),
        _range(_("Shade"), f"{gray}.shade", at("color.grayscale.shade", 0), (-4, 4), gray),
        _switch(_("Own surface"), surface, bool(at("color.surface", None))),
        _color(
            _("Background"),
            f"{surface}.background",
            at("color.surface.background", ""),
            surface,
            "#ffffff",
        ),
        _color(
            _("Text colour"),
            f"{surface}.foreground",
            at("color.surface.foreground", ""),
            surface,
            "#333333",
        ),
        _select(
            _("Text size"),
            "theme.typography.baseSize",
            str(at("typography.baseSize", "")),
            [("", _("As the page")), *((str(size), f"{size} px") for size in range(14, 19))],
            number=True,
        ),
        Control(_("Font"), "theme.typography.fontFamily", value=at("typography.fontFamily", "")),
    ]


def _start(options: JsonObject) -> list[Control]:
    controls = [
        Control(_("Title of the page"), "frameTitle", value=options["frameTitle"]),
        Control(
            _("Greeting"),
            "startScreen.greeting",
            value=value_at(options, "startScreen.greeting", ""),
        ),
    ]
    icons: Choices = [("", "–"), *((icon, icon) for icon in PROMPT_ICONS)]
    for number in range(PROMPTS):
        path = f"startScreen.prompts.{number}"
        parts = {"number": number + 1}
        for part, label in (("label", _("Prompt %(number)s")), ("prompt", _("Its question"))):
            found = value_at(options, f"{path}.{part}", "")
            controls.append(Control(label % parts, f"{path}.{part}", value=found))
        found = value_at(options, f"{path}.icon", "")
        controls.append(_select(_("Its icon"), f"{path}.icon", found, icons))
    return controls


def _composer(options: JsonObject) -> list[Control]:
    files = "composer.attachments"
    controls = [
        Control(
            _("Placeholder"),
            "composer.placeholder",
            value=value_at(options, "composer.placeholder", ""),
        ),
        Control(
            _("Files"),
            f"{files}.enabled",
            "check",
            value_at(options, f"{files}.enabled", False),
        ),
        Control(
            _("Files of a message, at most"),
            f"{files}.maxCount",
            "number",
            value_at(options, f"{files}.maxCount", 5),
            limits=(1, 20),
            number=True,
        ),
    ]
    for name, label in (("tools", _("Tool %(number)s")), ("models", _("Model %(number)s"))):
        for number in range(ROWS):
            path = f"composer.{name}.{number}"
            found = {part: value_at(options, f"{path}.{part}", "") for part in ("label", "id")}
            controls += [
                Control(label % {"number": number + 1}, f"{path}.label", value=found["label"]),
                Control(_("Its id"), f"{path}.id", value=found["id"]),
            ]
    return controls


def _header(options: JsonObject) -> list[Control]:
    icons: Choices = [("", _("None")), *((icon, icon) for icon in HEADER_ICONS)]
    return [
        _check(_("Header"), "header.enabled", options),
        _check(_("Title"), "header.title.enabled", options),
        Control(
            _("Its text"), "header.title.text", value=value_at(options, "header.title.text", "")
        ),
        _select(_("Button at the start"), "header.leftAction.icon", "", icons),
        _select(_("Button at the end"), "header.rightAction.icon", "", icons),
    ]


def _more(options: JsonObject) -> list[Control]:
    languages = {locale(code): name for code, name in settings.LANGUAGES}
    now = options["locale"]
    languages.setdefault(now, now)
    return [
        _check(_("History"), "history.enabled", options),
        _check(_("Conversations can be deleted"), "history.showDelete", options),
        _check(_("Conversations can be renamed"), "history.showRename", options),
        Control(_("Disclaimer"), "disclaimer.text", value=value_at(options, "disclaimer.text", "")),
        _check(_("Disclaimer in full contrast"), "disclaimer.highContrast", options, False),
        _select(
            _("Language"), "locale", now, [(code, _(str(name))) for code, name in languages.items()]
        ),
    ]


def _select(label: str, path: str, value: str, choices: Choices, number: bool = False) -> Control:
    if value not in dict(choices):
        choices = [*choices, (value, value)]
    return Control(label, path, "select", value, choices, number=number)


def _check(label: str, path: str, options: JsonObject, default: bool = True) -> Control:
    return Control(label, path, "check", value_at(options, path, default))


def _switch(label: str, switch: str, value: bool) -> Control:
    return Control(label, "", "switch", value, switch=switch)


def _color(label: str, path: str, value: object, switch: str, default: str) -> Control:
    return Control(label, path, "color", hex_of(value) or default, switch=switch)


def hex_of(value: object) -> str:
    """A colour as the control has it, "#aabbcc"; "" for what it has no words for.

    With any other value the control would take itself for changed.
    """
    text = value.lower() if isinstance(value, str) else ""
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(sign * 2 for sign in text[1:])
    return text if re.fullmatch(r"#[0-9a-f]{6}", text) else ""


def _range(label: str, path: str, value: int, limits: tuple[int, int], switch: str) -> Control:
    return Control(label, path, "range", value, limits=limits, switch=switch, number=True)
