"""manage.py chatkit_demo, with starter prompts and with customers for the assistant's tools."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User

from chatkit.management.commands import chatkit_demo
from chatkit.models import MessageTemplate, StarterPrompt
from mseller.customers.models import Customer

# (language, label, prompt, icon): what the sample help articles answer.
PROMPTS = (
    ("en", "Create an order", "How do I create an order?", "write"),
    ("en", "Import products", "How do I import products from a spreadsheet?", "document"),
    ("en", "Forgotten password", "I forgot my password. What can I do?", "keys"),
    ("en", "Convert a quote", "How do I turn a quote into an order?", "mail"),
    ("es", "Crear un pedido", "¿Cómo creo un pedido?", "write"),
    ("es", "Importar productos", "¿Cómo importo productos desde una hoja de cálculo?", "document"),
    ("es", "Contraseña olvidada", "Olvidé mi contraseña. ¿Qué puedo hacer?", "keys"),
    ("es", "Convertir una cotización", "¿Cómo convierto una cotización en un pedido?", "mail"),
)
# (language, label, text): of what the tools and the "@" menu know.
TEMPLATES = (
    ("en", "Add a follow-up note", "Add a note for {{customer}}, due on {{day}}: {{what to do}}"),
    ("en", "Contact details", "What are the contact details of {{customer}}?"),
    ("es", "Añadir una nota", "Añade una nota para {{cliente}}, para el {{día}}: {{qué hacer}}"),
    ("es", "Datos de contacto", "¿Cuáles son los datos de contacto de {{cliente}}?"),
)
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
        if not StarterPrompt.objects.exists():
            StarterPrompt.objects.bulk_create(
                StarterPrompt(language=language, label=label, prompt=prompt, icon=icon, order=order)
                for order, (language, label, prompt, icon) in enumerate(PROMPTS, start=1)
            )
        if not MessageTemplate.objects.exists():
            MessageTemplate.objects.bulk_create(
                MessageTemplate(language=language, label=label, text=text, order=order)
                for order, (language, label, text) in enumerate(TEMPLATES, start=1)
            )
        if not Customer.objects.exists():
            Customer.objects.bulk_create(
                Customer(name=name, email=email, phone=phone) for name, email, phone in CUSTOMERS
            )
        if "demo" in made:
            rights = Permission.objects.filter(
                content_type__app_label="customers", codename__in=MAY
            )
            User.objects.get(username="demo").user_permissions.add(*rights)
