"""Statements whose SQL Django makes once: for the few that every answer and every session needs.

To make the SQL takes Django several times as long as to execute it. Here it is kept, for each kind
of database, and the values alone are filled in. What can't be kept is left to Django, each time:
so the outcome is always the same as without.
"""

from .insert import insert, insert_all
from .select import Select
from .update import Update

__all__ = ["Select", "Update", "insert", "insert_all"]
