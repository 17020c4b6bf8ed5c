"""Maintains the message catalogs. Only `collect`, which finds the texts, needs GNU gettext.

python -m mseller.tools.messages            compiles what changed (.po to .mo)
python -m mseller.tools.messages collect    updates every .po from the sources first
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polib

from .console import ROOT, fail, step

APPS = (ROOT / "chatkit", *sorted(ROOT.glob("chatkit/contrib/*/")), ROOT / "mseller")
LEFT_OUT = (".venv", ".build", "docs", "tests", "node_modules", "dist")


def catalogs() -> list[Path]:
    """Every .po file of ours."""
    return sorted(path for app in APPS for path in app.glob("locale/*/LC_MESSAGES/*.po"))


def collect() -> None:
    """Update the .po files of every language with a folder in `mseller/locale`.

    A new language is a new, empty folder there; each app, those of `chatkit/contrib` too, gets its
    file for it.
    """
    command = [sys.executable, "manage.py", "makemessages", "--all", "--no-wrap", "--no-location"]
    command += ["--extension", "html,py"]
    command += [part for name in LEFT_OUT for part in ("--ignore", name)]
    environ = {"SECRET_KEY": "only-to-collect", **os.environ}
    if subprocess.run(command, cwd=ROOT, env=environ).returncode:
        fail("The texts could not be collected.")
    missing = [
        f"  {path.relative_to(ROOT)}: {msgid}" for path in catalogs() for msgid in tidy(path)
    ]
    if missing:
        step("\n".join(["Still to be translated:", *missing]))


def tidy(path: Path) -> list[str]:
    """Sort a catalog and remove what is obsolete. Returns the texts without a translation.

    gettext marks a translation that it guessed from a similar text as fuzzy: it is removed.
    """
    catalog = polib.pofile(str(path), wrapwidth=0)
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Report-Msgid-Bugs-To",
        "Last-Translator",
    ):
        catalog.metadata.pop(name, None)
    for entry in list(catalog):
        if entry.obsolete:
            catalog.remove(entry)
        elif entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
    catalog.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalog.save(str(path))
    return [entry.msgid for entry in catalog.untranslated_entries()]


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
    if "collect" in sys.argv[1:]:
        collect()
    compile_changed()
