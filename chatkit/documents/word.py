"""DOCX by way of HTML, which mammoth makes of it: headings by their styles, lists, tables, links.

Of pictures the texts in their place are kept, and nothing outside the file is read.
"""

from __future__ import annotations

import io

from . import markup
from .drafts import Draft, Refused

STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Heading 1'] => h2:fresh
p[style-name='Heading 2'] => h3:fresh
p[style-name='Heading 3'] => h4:fresh
p[style-name='Heading 4'] => h5:fresh
"""


def read(data: bytes, deadline: float | None = None) -> Draft:
    """Raises ImportError where mammoth is missing."""
    import mammoth  # with the worker alone: it takes a while

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(lambda image: {}),
        )
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever its XML brings
        raise Refused("broken") from error
    draft = markup.read(f"<html>{made.value}</html>", deadline)
    if not draft.body and not draft.title:
        raise Refused("no_text")
    return draft
