"""File names, which people and programs make up: what of one is kept."""

from __future__ import annotations

import unicodedata

LENGTH = 120  # characters
ENDING = 12  # characters of an ending that are kept with a name that is cut
FALLBACK = "file"


def clean_name(name: str) -> str:
    """A name to show and to save a file by: one line without a folder, without characters that
    can't be seen or that turn the direction of text, at most LENGTH characters with its ending."""
    name = name.replace("\\", "/").rpartition("/")[2]
    # Controls, formats (such as the override of the direction), halves of characters, and lines.
    kept = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn")
    )
    kept = " ".join("".join(c for c in kept if c not in '<>:"|?*').split()).strip(". ")
    if len(kept) <= LENGTH:
        return kept or FALLBACK
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > ENDING:
        return kept[:LENGTH].rstrip(". ")
    return f"{stem[: LENGTH - len(ending) - 1].rstrip('. ')}.{ending}"


def with_ending(name: str, endings: tuple[str, ...]) -> str:
    """The name with one of these endings: its own where it has one of them, else the first."""
    if name.lower().endswith(endings):
        return name
    stem, dot, ending = name.rpartition(".")
    base = stem if dot and stem and len(ending) <= ENDING else name
    return f"{base[: LENGTH - len(endings[0])]}{endings[0]}"
