"""The vectors of very many texts in PostgreSQL, where `TEST_PGVECTOR_URL` names a server that has
the extension `vector`: its user makes databases there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from chatkit.knowledge import Knowledge, database, encoder
from chatkit.knowledge.shelves import Held

URL = os.environ.get("TEST_PGVECTOR_URL", "")
KITES = "# Kites\n\n## Fly a kite\n\nRun against the wind. Let the line go. Look up to the sky.\n"
DRUMS = "# Drums\n\n## Tune a drum\n\nTurn the screws with a key until the skin sounds right.\n"
ASKED = ("Comment faire voler un cerf-volant ?", "¿Cómo afino un tambor?", "how does a kite fly?")

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(not URL, reason="TEST_PGVECTOR_URL names no PostgreSQL with `vector`"),
    pytest.mark.skipif(not encoder.installed(), reason="without the extra `semantic`"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("kites", KITES), ("drums", DRUMS)):
        path = tmp_path / "help" / "en" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "help"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any) -> Iterator[Any]:
    """A connection to a database of its own, which `connect` finds, for few texts too."""
    import environ
    import psycopg

    name = f"vectors_{uuid.uuid4().hex[:12]}"
    with django_db_blocker.unblock(), psycopg.connect(URL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            made = environ.Env.db_url_config(URL) | {"NAME": name}
            monkeypatch.setitem(connections.settings, "vectors", made)
            connections.configure_settings(connections.settings)
            connections["vectors"].cursor().execute("CREATE EXTENSION vector")
            connect = database.connect
            opened = []

            def noted() -> Any:
                opened.append(connect("vectors"))
                return opened[-1]

            monkeypatch.setattr(database, "connect", noted)
            monkeypatch.setattr(database, "FROM", 0)
            yield connections["vectors"]
            for one in (*filter(None, opened), connections["vectors"]):
                one.close()
            del connections["vectors"]
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def found(knowledge: Knowledge) -> list[list[str]]:
    return [
        [match.section.anchor, *match.sentences]
        for question in ASKED
        for match in knowledge.search(question).matches
    ]


def test_answers_are_those_of_memory(
    server: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_memory: list[int] = []
    nearest = Held.nearest

    def noted(held: Held, vector: Any) -> Any:
        in_memory.append(1)
        return nearest(held, vector)

    monkeypatch.setattr(Held, "nearest", noted)
    stored = found(Knowledge(folder, vectors=tmp_path / "vectors"))
    assert not in_memory
    monkeypatch.setattr(database, "FROM", 1_000)
    assert stored == found(Knowledge(folder, vectors=tmp_path / "vectors"))
    assert in_memory
    assert len(stored) >= 2


def test_what_is_in_the_table_is_made_once(
    server: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = Knowledge(folder, vectors=tmp_path / "vectors")
    first = found(knowledge)
    read: list[str] = []
    encode = encoder.encode

    def counting(texts: Any) -> Any:
        read.extend(texts)
        return encode(texts)

    monkeypatch.setattr(encoder, "encode", counting)
    assert found(Knowledge(folder, vectors=tmp_path / "elsewhere")) == first  # another machine
    assert "Run against the wind." not in read
    (folder / "en" / "drums.md").write_text(DRUMS + "\nHit it softly.\n")
    assert found(knowledge)
    assert "Hit it softly." in read
    assert "Run against the wind." not in read


def test_after_a_lost_connection_the_next_question_opens_another(
    server: Any, folder: Path, tmp_path: Path
) -> None:
    knowledge = Knowledge(folder, vectors=tmp_path / "vectors")
    assert knowledge.search(ASKED[0]).matches
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert not knowledge.search(ASKED[0]).matches  # by its words
    assert knowledge.search(ASKED[0]).matches


def test_a_database_without_the_extension_leaves_memory(
    server: Any, folder: Path, tmp_path: Path
) -> None:
    server.cursor().execute("DROP EXTENSION vector CASCADE")
    assert found(Knowledge(folder, vectors=tmp_path / "vectors"))
