"""Compiles the message catalogs (.po to .mo) that changed, without GNU gettext."""

from __future__ import annotations

from pathlib import Path

import polib

from .console import ROOT, fail, step

APPS = (ROOT / "chatkit", ROOT / "mseller")


def catalogs() -> list[Path]:
    """Every .po file of ours."""
    return sorted(path for app in APPS for path in app.glob("locale/*/LC_MESSAGES/*.po"))


def compile_changed() -> None:
    """Write the .mo beside each .po that is newer than it; fuzzy entries stay untranslated."""
    for source in catalogs():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        step(f"Compiling {source.relative_to(ROOT)} …")
        try:
            polib.pofile(str(source), check_for_duplicates=True).save_as_mofile(str(target))
        except (OSError, ValueError) as error:
            fail(f"{source.relative_to(ROOT)} is not a sound message catalog: {error}")


if __name__ == "__main__":
    compile_changed()
