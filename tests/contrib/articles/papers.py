"""Small documents of each kind, whole and hostile, as bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# -- Word ------------------------------------------------------------------------------------


def words(text: str, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def grid(rows: Iterable[Iterable[str]]) -> str:
    made = (
        f"<w:tr>{''.join(f'<w:tc>{words(cell)}</w:tc>' for cell in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def docx(
    *blocks: str, kind: str = MAIN, more: Mapping[str, bytes] | None = None, head: str = ""
) -> bytes:
    """A file as Word writes it, with these paragraphs and tables; `more` are further parts."""
    names = {
        "Title": "Title",
        "Heading1": "heading 1",
        "Heading2": "heading 2",
        "ListBullet": "List Bullet",
    }
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names.items()
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "word/document.xml": f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>'
        f"{''.join(blocks)}</w:body></w:document>",
    }
    return zipped({name: text.encode() for name, text in parts.items()} | dict(more or {}))


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def lying(data: bytes, says: int = 900) -> bytes:
    """An archive whose largest part says that it is so small."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = max(part.file_size for part in archive.infolist())
    return data.replace(size.to_bytes(4, "little"), says.to_bytes(4, "little"))


# -- PDF -------------------------------------------------------------------------------------

Text = tuple[float, float, float, str]  # size, x, y (from below), words; bold with "*" before them


def pdf(*pages: Iterable[Text | str], trailer: str = "") -> bytes:
    """A file with these texts on its pages, in Helvetica; a string is drawn as it is."""
    objects = ["", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>")
    kids = []
    for page in pages:
        drawn = "\n".join(one if isinstance(one, str) else shown(*one) for one in page)
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents "
            f"{len(objects)} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = "<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    out += "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n"
    return (out + "%%EOF\n").encode("latin-1")


def shown(size: float, x: float, y: float, text: str) -> str:
    font = "F2" if text.startswith("*") else "F1"
    said = text.removeprefix("*").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({said}) Tj ET"


def ruled(rows: list[list[str]], top: float) -> list[Text | str]:
    """A table with lines around its cells."""
    columns, bottom = len(rows[0]), top - 20 * len(rows)
    right = 50 + 100 * columns
    drawn: list[Text | str] = [
        *(f"50 {top - 20 * n} m {right} {top - 20 * n} l S" for n in range(len(rows) + 1)),
        *(f"{50 + 100 * n} {top} m {50 + 100 * n} {bottom} l S" for n in range(columns + 1)),
    ]
    for at, row in enumerate(rows):
        drawn += [(10, 55 + 100 * n, top - 20 * at - 14, cell) for n, cell in enumerate(row)]
    return drawn


ENCRYPTED = (
    f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >> "
    f"/ID [<{'01' * 16}> <{'01' * 16}>]"
)
