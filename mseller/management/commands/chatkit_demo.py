"""manage.py chatkit_demo, with customers for the assistant's tools."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User

from chatkit.management.commands import chatkit_demo
from mseller.customers.models import Customer

CUSTOMERS = (
    ("Bright Bakery", "orders@brightbakery.example", "+1 202 555 0114"),
    ("Café Aurora", "hola@cafeaurora.example", "+1 202 555 0132"),
    ("Harbour Hardware", "office@harbour.example", "+1 202 555 0147"),
    ("Lakeside Grocers", "buying@lakeside.example", "+1 202 555 0168"),
    ("Lakeside Pharmacy", "info@lakesidepharmacy.example", "+1 202 555 0189"),
)
MAY = ("view_customer", "add_note")


class Command(chatkit_demo.Command):
    help = (
        "Make the demo users demo/demo and admin/admin, a few starter prompts and a few customers "
        "whom demo may work with, where DEBUG is on. What is there already stays as it is, "
        "passwords included."
    )

    def fill(self, made: set[str]) -> None:
        super().fill(made)
        if not Customer.objects.exists():
            Customer.objects.bulk_create(
                Customer(name=name, email=email, phone=phone) for name, email, phone in CUSTOMERS
            )
        if "demo" in made:
            rights = Permission.objects.filter(
                content_type__app_label="customers", codename__in=MAY
            )
            User.objects.get(username="demo").user_permissions.add(*rights)
