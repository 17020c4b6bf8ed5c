"""What the people of the pictures have: no conversation, a few, and many."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from chatkit import workflows
from chatkit.models import Thread, ThreadItem

NAMES = {"en": "Ada", "es": "María", "ar": "ليلى"}
TITLES = {
    "en": [
        "Return goods without the invoice",
        "Create an order",
        "Parcel to Łódź",
        "Invoices that nobody has paid by the end of the quarter",
        "Opening hours",
        "Gift cards",
        "Import customers from a spreadsheet",
        "Prices for dealers",
    ],
    "es": [
        "Devolver mercancía sin la factura",
        "Crear un pedido",
        "Paquete para Łódź",
        "Facturas que nadie ha pagado al final del trimestre",
        "Horario de apertura",
        "Tarjetas de regalo",
        "Importar clientes desde una hoja de cálculo",
        "Precios para distribuidores",
    ],
    "ar": [
        "إرجاع البضاعة دون فاتورة",
        "إنشاء طلب",
        "طرد إلى Łódź",
        "الفواتير التي لم يدفعها أحد حتى نهاية الربع",
        "ساعات العمل",
        "بطاقات الهدايا",
        "استيراد العملاء من جدول بيانات",
        "أسعار الموزعين",
    ],
}
COUNTS = {"none": 0, "few": 4, "many": 160}
DAYS = [0, 0, 0, 1, 3, 6, 20, 45]  # since the last use of the first ones
PINNED, ARCHIVED = (4, 9), (10, 11, 12)


def fill() -> None:
    """Makes `few-en` and the like, with a password as the tests' people have it."""
    for language, name in NAMES.items():
        for kind, count in COUNTS.items():
            login = f"{kind}-{language}"
            user = get_user_model().objects.create_user(
                login, password=f"pw-{login}", first_name=name
            )
            # The oldest first, as it would have been.
            threads = [_thread(user, language, kind, number) for number in reversed(range(count))]
            Thread.objects.bulk_create(threads)
            ThreadItem.objects.bulk_create(item for thread in threads for item in _items(thread))


def _thread(user: Any, language: str, kind: str, number: int) -> Thread:
    days = DAYS[number] if number < len(DAYS) else DAYS[-1] + number
    at = timezone.now() - datetime.timedelta(days=days, minutes=7 * number)
    titles = TITLES[language]
    again = f" ({number // len(titles) + 1})" if number >= len(titles) else ""
    place = Thread.Place.LIST
    if kind == "many" and number in PINNED:
        place = Thread.Place.PINNED
    elif kind == "many" and number in ARCHIVED:
        place = Thread.Place.ARCHIVE
    return Thread(
        id=f"thr_{language}_{kind}_{number:04}",
        user=user,
        workflow_id=workflows.default().id,
        title=titles[number % len(titles)] + again,
        created_at=at,
        updated_at=at,
        place=place,
    )


def _items(thread: Thread) -> list[ThreadItem]:
    said = {"user": f"{thread.title}?", "assistant": f"{thread.title}: 1. 2. 3."}
    found = []
    for side, text in said.items():
        part = {"type": "input_text" if side == "user" else "output_text", "text": text}
        payload: dict[str, Any] = {
            "id": f"msg_{thread.pk}_{side}",
            "thread_id": thread.pk,
            "created_at": thread.created_at.isoformat(),
            "type": f"{side}_message",
            "content": [part],
        }
        if side == "user":
            payload |= {"attachments": [], "inference_options": {}}
        found.append(
            ThreadItem(
                thread=thread,
                item_id=payload["id"],
                type=payload["type"],
                payload=payload,
                created_at=thread.created_at,
            )
        )
    return found
