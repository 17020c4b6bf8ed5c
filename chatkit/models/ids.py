"""Ids of our rows: ours, and long."""

from __future__ import annotations

import uuid


def new_id(prefix: str) -> str:
    """`prefix_` and 32 hex digits: the SDK's 8 digits collide after some ten thousand rows."""
    return f"{prefix}_{uuid.uuid4().hex}"


def new_thread_id() -> str:
    return new_id("thr")


def new_run_id() -> str:
    return new_id("run")


def new_attachment_id() -> str:
    return new_id("atc")


def new_visitor_id() -> str:
    return new_id("vis")


def new_tool_call_id() -> str:
    return new_id("tcl")
