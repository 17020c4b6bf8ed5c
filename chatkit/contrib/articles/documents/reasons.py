"""Why a document was not read, in a sentence for who uploaded it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ....documents.drafts import MAX_BYTES, MAX_PAGES


def sentence(code: str) -> str:
    """The sentence of a `Refused`'s code."""
    megabytes = MAX_BYTES // (1024 * 1024)
    return {
        "empty": _("The file is empty."),
        "too_large": _("The file is over %(size)d MB. Divide it, and upload the parts.")
        % {"size": megabytes},
        "too_many_pages": _("The document has over %(count)d pages. Divide it into topics.")
        % {"count": MAX_PAGES},
        "too_long": _("The document holds more text than an article may. Divide it into topics."),
        "unsupported": _("This is no PDF, Word (DOCX), HTML, text or CSV file."),
        "old_word": _("This is a file of an old Word or Office. Save it as DOCX, and upload that."),
        "encrypted": _("The document is protected by a password. Upload one that is not."),
        "macro": _("The document holds a macro. Save it as DOCX without macros, and upload that."),
        "bomb": _("Unpacked, this file would be far larger than a document is. It was not opened."),
        "broken": _("The file is broken and could not be read. Save it anew, and upload that."),
        "no_text": _(
            "There is no text in the document: is it a scan? Upload one whose text can be selected."
        ),
        "too_slow": _("The document took too long to read. Divide it, and upload the parts."),
        "too_complex": _("The document needs too much memory. Divide it, and upload the parts."),
        "missing": _(
            "This site lacks the software for such files: mseller-chatkit[documents]. Text, CSV "
            "and HTML work."
        ),
        "interrupted": _("The reading was interrupted. Upload the file again."),
    }.get(code, _("The document could not be read."))
