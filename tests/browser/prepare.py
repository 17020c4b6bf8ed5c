"""Makes a server's database: tables, people, the starter prompts of the tests.

python -m tests.browser.prepare
"""

import django
from django.core.management import call_command

PROMPTS = (
    ("en", "How do I return goods?", "reload"),
    ("en", "How do I create an order?", "write"),
    ("es", "¿Cómo hago una devolución?", "reload"),
)


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connections

    from chatkit.models import MessageTemplate, StarterPrompt

    call_command("migrate", verbosity=0)
    users = get_user_model().objects
    users.create_user("ada", "ada@example.com", "pw-ada", first_name="Ada")
    users.create_user("bob", "bob@example.com", "pw-bob", first_name="Bob")
    users.create_superuser("root", "root@example.com", "pw-root", first_name="Ruth")
    # Who chooses a language: a choice is kept, and the others' tests read English.
    users.create_user("eva", "eva@example.com", "pw-eva", first_name="Eva")
    for order, (language, text, icon) in enumerate(PROMPTS):
        StarterPrompt.objects.create(
            label=text, prompt=text, icon=icon, language=language, order=order
        )
    MessageTemplate.objects.create(
        label="Ask an article", text="What does {{article}} say?", start_screen=False
    )
    connections.close_all()  # what SQLite has in its log goes into the file that is copied


if __name__ == "__main__":
    main()
