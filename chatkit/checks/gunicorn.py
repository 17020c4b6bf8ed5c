"""Looks for gunicorn's sync worker where a project says how it is started."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

# Files of the project's own folder and of those one or two below it.
NAMES = ("Procfile", "Dockerfile*", "*.dockerfile", "docker-compose*.y*ml", "compose*.y*ml",
         "*.service", "start", "start*.sh", "entrypoint*", "run*.sh", "fly.toml", "render.yaml",
         "app.yaml")  # fmt: skip
FOLDERS = ("", "*", "*/*", "*/*/*")
LEFT_OUT = {"node_modules", ".git", ".venv", "venv", "site-packages", "media", "static"}
LARGEST = 200_000  # bytes
MOST = 500  # files
# gunicorn with what follows it on its line, and on those that it goes on in.
COMMAND = re.compile(r"\bgunicorn\b((?:\\\r?\n|[^\n;|&])*)")
# What says that it is another worker, or that one of ours has threads.
OTHER = re.compile(
    r"(?:-k|--worker-class)[\s=\"',]+(?!sync\b)\S|--threads|asgi|uvicorn|worker_class|\bthreads\b"
)
OWN = re.compile(r"^\s*(?:worker_class\s*=\s*[\"'](?!sync\b)|threads\s*=)", re.MULTILINE)


def sync_workers() -> Iterator[str]:
    """The places, each as file and line, where gunicorn is started with its sync worker."""
    base = getattr(settings, "BASE_DIR", None)
    if not base or OTHER.search(os.environ.get("GUNICORN_CMD_ARGS", "")):
        return
    root = Path(base)
    if any(OWN.search(_text(path)) for path in root.glob("gunicorn*.py")):
        return
    for path in sorted({*_files(root)}):
        text = _text(path)
        for found in COMMAND.finditer(text):
            if "wsgi" in found[1] and not OTHER.search(found[1]):
                line = text.count("\n", 0, found.start()) + 1
                yield f"{path.relative_to(root)}:{line}"


def _files(root: Path) -> Iterator[Path]:
    count = 0
    for folder in FOLDERS:
        for name in NAMES:
            for path in root.glob(f"{folder}/{name}" if folder else name):
                parts = path.relative_to(root).parts
                if LEFT_OUT.isdisjoint(parts) and path.is_file():
                    count += 1
                    if count > MOST:
                        return
                    yield path


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            return ""
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    # Without comments, but with their lines.
    return "\n".join("" if line.lstrip().startswith("#") else line for line in lines)
