"""What all our JSON views share: checks and errors (`views`), who asks (`login`), other origins
(`origins`), the description of our addresses (`description`), and what of them is in no log
(`logs`)."""

from .login import check_login
from .views import (
    KIB,
    NEVER_CACHED,
    answers_json,
    api_view,
    check_csrf,
    check_json_type,
    check_same_origin,
    error_response,
    has_nul,
    is_storable,
    parse_object,
    read_body,
    text_field,
)

__all__ = [
    "KIB",
    "NEVER_CACHED",
    "answers_json",
    "api_view",
    "check_csrf",
    "check_json_type",
    "check_login",
    "check_same_origin",
    "error_response",
    "has_nul",
    "is_storable",
    "parse_object",
    "read_body",
    "text_field",
]
