"""The assistant's tools for customers, each for users with the permission."""

from __future__ import annotations

import datetime
from typing import Annotated

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatkit.toolbox import ToolContext, ToolError, tool

from .models import Customer, Note

FOUND = 10
LONGEST_NOTE = 2_000  # characters


@tool(
    permission="customers.view_customer",
    title=gettext_lazy("Find customers"),
    progress=gettext_lazy("Looking up customers…"),
    done=gettext_lazy("Searched customers"),
)
def find_customers(ctx: ToolContext, name: str) -> list[dict[str, object]]:
    """Find customers by a part of their name. Gives their ids, e-mail addresses and phones.

    Where several fit, ask the user which one is meant.
    """
    found = Customer.objects.filter(name__icontains=name.strip())[:FOUND]
    ctx.found(len(found))
    return [{"id": c.pk, "name": c.name, "email": c.email, "phone": c.phone} for c in found]


def what_note(ctx: ToolContext, customer: int, text: str, due: datetime.date | None) -> str:
    """A description of the note that would be added. ToolError where it can't be added."""
    name = _checked(customer, text).name
    if due is None:
        return _("For %(customer)s: “%(text)s”") % {"customer": name, "text": text.strip()}
    return _("For %(customer)s, due on %(day)s: “%(text)s”") % {
        "customer": name,
        "day": date_format(due),
        "text": text.strip(),
    }


@tool(
    permission=("customers.view_customer", "customers.add_note"),
    confirm=what_note,
    title=gettext_lazy("Add a follow-up note"),
)
def add_follow_up_note(
    ctx: ToolContext,
    customer: Annotated[int, "The customer's id, from find_customers."],
    text: Annotated[str, "What is to be done."],
    due: Annotated[datetime.date | None, "The day, as YYYY-MM-DD."] = None,
) -> str:
    """Add a note of what to follow up with a customer. The user is asked to confirm it."""
    to = _checked(customer, text)
    Note.objects.create(
        customer=to, text=text.strip(), due_on=due, author=ctx.user, created_at=timezone.now()
    )
    return _("The note was added to %(customer)s.") % {"customer": to.name}


def _checked(customer: int, text: str) -> Customer:
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise ToolError(_("A note has between 1 and %(most)d characters.") % {"most": LONGEST_NOTE})
    found = Customer.objects.filter(pk=customer).first()
    if found is None:
        raise ToolError(_("There is no such customer."))
    return found
