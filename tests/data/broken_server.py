"""A server module that fails when it is imported."""


def _fail() -> None:
    raise RuntimeError("no model today")


_fail()


class Server:
    pass
