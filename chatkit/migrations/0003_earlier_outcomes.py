"""Gives the runs of before their outcome, where it can be told.

Each batch is committed on its own, and a migration that was broken off begins again and changes
only what has no outcome yet. Memory does not grow with the rows: a batch holds the runs of a few
conversations, and their items come page by page.
"""

from bisect import bisect_right
from itertools import groupby
from operator import itemgetter

from django.db import migrations, transaction

THREADS = 50
ITEMS = 200
IDS = 500
UNFINISHED = ("failed", "stopped", "interrupted")
# What the help desk has said where no article answered, in the languages that it had then.
NOT_FOUND = {
    "The help articles don’t answer that.",
    "The help articles don’t answer that. Maybe one of these topics helps:",
    "Los artículos de ayuda no responden eso.",
    "Los artículos de ayuda no responden eso. Quizá te sirva uno de estos temas:",
    "Os artigos de ajuda não respondem isso.",
    "Os artigos de ajuda não respondem isso. Talvez um destes temas ajude:",
    "لا تجيب مقالات المساعدة عن ذلك.",
    "لا تجيب مقالات المساعدة عن ذلك. ربما يفيدك أحد هذه المواضيع:",
}
# And to a greeting, above a card of topics.
CLARIFIED = {
    "I answer from the help articles. Choose a topic, or ask in your own words:",
    "Respondo con los artículos de ayuda. Elige un tema o pregunta con tus palabras:",
    "Eu respondo com os artigos de ajuda. Escolha um tema ou pergunte com suas palavras:",
    "أجيب من مقالات المساعدة. اختر موضوعًا أو اسأل بكلماتك:",
}
# Where several signs are there, the first of these counts.
ORDER = ("answered", "clarified", "not_found")


def set_outcomes(apps, schema_editor):
    using = schema_editor.connection.alias
    threads = apps.get_model("chatkit", "Thread").objects.using(using).order_by("pk")
    last = ""
    while batch := list(threads.filter(pk__gt=last).values_list("pk", flat=True)[:THREADS]):
        last = batch[-1]
        with transaction.atomic(using=using):
            _set_outcomes_of(apps, using, batch)


def _set_outcomes_of(apps, using, thread_ids):
    runs = apps.get_model("chatkit", "Run").objects.using(using)
    rows = list(
        runs.filter(thread_id__in=thread_ids)
        .order_by("thread_id", "created_at", "pk")
        .values_list("thread_id", "created_at", "pk", "status", "outcome")
    )
    told = {}
    untold = runs.filter(thread_id__in=thread_ids, status="completed", outcome="")
    completed = dict(untold.values_list("pk", "model"))
    for _thread, _created, pk, status, outcome in rows:
        if not outcome and status in UNFINISHED:
            told[pk] = status
    if completed:
        told |= _of_completed(apps, using, rows, completed)
    pks = sorted(told, key=lambda pk: told[pk])
    for outcome, group in groupby(pks, key=told.__getitem__):
        found = list(group)
        for start in range(0, len(found), IDS):
            runs.filter(pk__in=found[start : start + IDS], outcome="").update(outcome=outcome)


def _of_completed(apps, using, rows, completed):
    """The outcomes of completed runs by id, by what stands in their threads from their start to
    the start of the next run."""
    starts = {
        thread: [(created, pk) for _thread, created, pk, *_rest in group]
        for thread, group in groupby(rows, key=itemgetter(0))
    }
    told = dict.fromkeys(completed, "unknown")
    items = (
        apps.get_model("chatkit", "ThreadItem")
        .objects.using(using)
        .filter(thread_id__in=starts, type__in=("assistant_message", "widget"))
        .order_by("sequence")
    )
    last = -1
    while page := list(
        items.filter(sequence__gt=last).values_list(
            "sequence", "thread_id", "created_at", "type", "payload"
        )[:ITEMS]
    ):
        last = page[-1][0]
        for _sequence, thread, created, kind, payload in page:
            times = starts[thread]
            place = bisect_right(times, created, key=itemgetter(0)) - 1
            pk = times[place][1] if place >= 0 else None
            if pk not in completed:
                continue
            sign = _sign(kind, payload, by_help_desk=not completed[pk])
            if sign and (told[pk] == "unknown" or ORDER.index(sign) < ORDER.index(told[pk])):
                told[pk] = sign
    return told


def _sign(kind, payload, by_help_desk):
    """What an item tells about its run: one of ORDER, or "". The help desk's runs name no model."""
    try:
        if kind == "widget":
            return "not_found" if by_help_desk and _is_topics(payload) else ""
        parts = payload["content"]
        if any(part.get("annotations") for part in parts):
            return "answered"
        text = "".join(part["text"] for part in parts).strip()
    except (AttributeError, KeyError, TypeError):  # a row that was changed by hand
        return ""
    if not by_help_desk:
        return ""
    return "not_found" if text in NOT_FOUND else "clarified" if text in CLARIFIED else ""


def _is_topics(payload):
    """Whether it is the help desk's card of topics: nothing but buttons that ask for what they
    say, with their labels as the text to copy."""
    buttons = payload["widget"].get("children") or []
    return payload.get("copy_text") == "\n".join(button["label"] for button in buttons) and all(
        button["onClickAction"]["type"] == "chatkit.ask"
        and button["onClickAction"]["payload"] == {"text": button["label"]}
        for button in buttons
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("chatkit", "0002_run_outcome")]
    operations = [migrations.RunPython(set_outcomes, migrations.RunPython.noop, elidable=True)]
