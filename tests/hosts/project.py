"""A host: a Django project that its own tool makes.

To add one: make an environment with what it needs (`new_environment("wagtail")`), run its tool in
it (`Project.made_by`), give it what is its own, `readme.follow` it, make people, `serve` it, and
drive `story` in Chromium; `test_startproject.py` is the example. One test for each host: two would
set it up twice where they run in two processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..tools.served import Served
from .environment import Environment

FRONT = Path(__file__).with_name("front.py")


@dataclass
class Project:
    """The project of a host. Files are named by their path from `folder`, where manage.py is."""

    environment: Environment
    folder: Path
    name: str  # of the package that holds the settings

    @classmethod
    def made_by(cls, environment: Environment, *command: str) -> Project:
        """Run a tool such as `django-admin startproject shop`; its last word is the name."""
        name = command[-1]
        around = (environment.around or environment.folder.parent) / "projects"
        around.mkdir(exist_ok=True)
        environment.run(around, *command)
        project = cls(environment, around / name, name)
        project.assert_apart()
        return project

    @property
    def settings(self) -> str:
        return f"{self.name}/settings.py"

    @property
    def urls(self) -> str:
        return f"{self.name}/urls.py"

    @property
    def asgi(self) -> str:
        return f"{self.name}/asgi.py"

    def read(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file, in a new folder where there is none."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def append(self, path: str, text: str) -> None:
        self.write(path, f"{self.read(path).rstrip()}\n\n{text}")

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace what stands there once."""
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} in {path}:\n{text}"
        self.write(path, text.replace(old, new))

    def manage(self, *arguments: str, **variables: str) -> str:
        """`python manage.py …`; what it printed."""
        return self.environment.run(self.folder, "python", "manage.py", *arguments, **variables)

    def shell(self, code: str) -> str:
        """Run code as `manage.py shell -c` does."""
        return self.manage("shell", "--verbosity", "0", "--command", code)

    def superuser(self, password: str, **fields: str) -> None:
        """`manage.py createsuperuser`, with these fields. Where something else is to be run in the
        shell, `create_user` costs less than a process of its own."""
        options = [word for name, value in fields.items() for word in (f"--{name}", value)]
        self.manage("createsuperuser", "--noinput", *options, DJANGO_SUPERUSER_PASSWORD=password)

    @staticmethod
    def create_user(password: str, **fields: object) -> str:
        """Code for `shell` that makes a user with these fields, and then goes on."""
        made = f"create_user(**{fields | {'password': password}!r})"
        return f"from django.contrib.auth import get_user_model as model; model().objects.{made};"

    def assert_apart(self) -> None:
        """The app comes from the wheel in the environment, and from no checkout."""
        said = self.environment.run(
            self.folder, "python", "-c", "import chatkit, sys; print(chatkit.__file__, sys.path)"
        )
        checkout = str(Path(__file__).resolve().parents[2])
        assert said.startswith(str(self.environment.packages))
        assert checkout not in said
        assert not self.folder.is_relative_to(checkout)

    def serve(self, *, prefix: str = "/", static: bool = True) -> Served:
        """Start it under uvicorn, behind `front.py`: below `prefix` ("/app/"), and with the static
        files unless the site serves them itself."""
        self.write("front.py", FRONT.read_text("utf-8"))
        served = Served(self.folder / "server.log")
        chosen = {
            "FRONT_ASGI": self.asgi.removesuffix(".py").replace("/", "."),
            "FRONT_PREFIX": prefix,
            "FRONT_STATIC": "on" if static else "off",
        }
        served.start(
            "front:application",
            python=self.environment.python,
            folder=self.folder,
            env=self.environment.variables | chosen,
        )
        return served
