"""Reads constraints.txt: exact versions with the hashes of their files, and which groups need them.

An entry is a line of groups, a pin, and a hash for each file of that version, whatever system or
Python the file is for:

    # app, site
    django==5.2.19 ; python_version == "3.11" \\
        --hash=sha256:… \\
        --hash=sha256:…
"""

from __future__ import annotations

from dataclasses import dataclass

from .console import ROOT

FILE = ROOT / "constraints.txt"
HASH = "--hash=sha256:"


@dataclass(frozen=True)
class Pin:
    requirement: str  # "name==version", with a marker where not every Python has it
    groups: tuple[str, ...]
    hashes: tuple[str, ...]  # sha256, in hexadecimal

    @property
    def name(self) -> str:
        return self.requirement.partition("==")[0]

    def __str__(self) -> str:
        """As it stands in the file, without the groups: what pip reads."""
        return " \\\n    ".join([self.requirement, *(HASH + one for one in self.hashes)])


def read() -> list[Pin]:
    """The pins of the file, in its order."""
    return parsed(FILE.read_text("utf-8"))


def parsed(text: str) -> list[Pin]:
    found: list[Pin] = []
    groups: tuple[str, ...] = ()
    for entry in text.replace("\\\n", " ").splitlines():
        if entry.startswith("#"):
            groups = tuple(entry.removeprefix("#").replace(",", " ").split())
        elif entry.strip():
            requirement, *hashes = (part.strip() for part in entry.split(HASH))
            found.append(Pin(requirement, groups, tuple(hashes)))
    return found


def text(pins: list[Pin]) -> str:
    """What `parsed` reads."""
    return "".join(f"# {', '.join(pin.groups)}\n{pin}\n" for pin in pins)
