"""Which languages the site offers: English, and those with a folder in `locale/`."""

from __future__ import annotations

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, to_language

LOCALE = Path(__file__).resolve().parent / "locale"
# Which of Django's variants to use, where Django has several and our folder names none.
COUNTRIES = {"pt": "pt-br"}


def offered() -> list[tuple[str, Promise]]:
    """The setting LANGUAGES: (code, name) pairs, English first. The names are Django's."""
    folders = sorted(to_language(path.parent.name) for path in LOCALE.glob("*/LC_MESSAGES"))
    codes = ["en", *(COUNTRIES.get(code, code) for code in folders)]
    return [(code, gettext_lazy(LANG_INFO[code]["name"])) for code in codes]
