"""What `make constraints` asks pip itself, run by the Python of an environment that has it:

    python -I in_pip.py closure    from pip's report and the groups' lines: who needs what
    python -I in_pip.py hashes     of all files of a version, as the index tells them

Each takes and gives JSON. pip reaches its index with the settings of this machine, so no address
stands here. It imports nothing of ours, and pip's own parts may move: then this is to be mended.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from pip._internal.commands import create_command
from pip._vendor.packaging import utils
from pip._vendor.packaging.requirements import Requirement

# Asked beside this machine, so that what another system needs is not missed.
SYSTEMS: tuple[dict[str, str], ...] = (
    {},
    {"platform_machine": "aarch64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
)


def closure(report: list[dict[str, Any]], groups: dict[str, list[str]]) -> dict[str, Any]:
    """`{"pins": {name: [version, [group, …]]}, "elsewhere": [names that another system needs]}`."""
    known = {utils.canonicalize_name(item["metadata"]["name"]): item for item in report}
    pins: dict[str, tuple[str, list[str]]] = {
        name: (item["metadata"]["version"], []) for name, item in known.items()
    }
    elsewhere: set[str] = set()
    for system in SYSTEMS:
        for group, lines in groups.items():
            for name in needed([Requirement(line) for line in lines], known, system):
                if name not in pins:
                    elsewhere.add(name)
                elif group not in pins[name][1]:
                    pins[name][1].append(group)
    return {"pins": pins, "elsewhere": sorted(elsewhere)}


def needed(wanted: list[Any], known: dict[Any, Any], system: dict[str, str]) -> Iterator[str]:
    """The names of all that these requirements lead to, under the Python that runs this."""
    seen: set[tuple[str, str]] = set()
    while wanted:
        requirement = wanted.pop()
        name = utils.canonicalize_name(requirement.name)
        yield name
        for extra in ("", *requirement.extras):
            if (name, extra) in seen or name not in known:
                continue
            seen.add((name, extra))
            for line in known[name]["metadata"].get("requires_dist", []):
                further = Requirement(line)
                if not further.marker or further.marker.evaluate({**system, "extra": extra}):
                    wanted.append(further)


def hashes(versions: list[list[str]]) -> list[list[str]]:
    """For each `[name, version]` the sha256 of its files, sorted."""
    command = create_command("download")
    options, _arguments = command.parse_args([])
    found = []
    with command.main_context():
        session = command.get_default_session(options)  # type: ignore[attr-defined]
        for name, version in versions:
            page = session.get(
                f"{options.index_url.rstrip('/')}/{name}/",
                headers={"Accept": "application/vnd.pypi.simple.v1+json"},
            )
            page.raise_for_status()
            found.append(sorted(
                file["hashes"]["sha256"]
                for file in page.json()["files"]
                if version_of(file["filename"]) == version
            ))  # fmt: skip
    return found


def version_of(file: str) -> str:
    """The version in a file's name; "" for one of a kind that pip does not install."""
    try:
        if file.endswith(".whl"):
            return str(utils.parse_wheel_filename(file)[1])
        return str(utils.parse_sdist_filename(file)[1])
    except (utils.InvalidWheelFilename, utils.InvalidSdistFilename):
        return ""


if __name__ == "__main__":
    given = json.load(sys.stdin)
    answer = closure(**given) if sys.argv[1] == "closure" else hashes(**given)
    json.dump(answer, sys.stdout)
