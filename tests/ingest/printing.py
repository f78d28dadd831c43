"""Small PDFs for tests, printed line by line."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Print:
    """A line of text at a place, in points.

    `raised` follows it in small raised type; `operators` go before it, such as "3 Tr" for invisible text; `sideways` turns it upwards.
    """

    text: str
    x: float = 72
    y: float = 700
    size: float = 10
    bold: bool = False
    operators: str = ""
    raised: str = ""
    sideways: bool = False


def column(lines: Sequence[str], x: float = 72, top: float = 700, size: float = 10) -> list[Print]:
    """Return lines below each other with the leading of running text."""
    return [Print(line, x, top - 12 * index, size) for index, line in enumerate(lines)]


def make_pdf(pages: Sequence[Sequence[Print]]) -> bytes:
    """Return a PDF with these lines on its pages of 612 by 792 points."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + b" ".join(b"%d 0 R" % (5 + 2 * index) for index in range(len(pages))) + b"] /Count %d >>" % len(pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for index, lines in enumerate(pages):
        content = "\n".join(_show(line) for line in lines).encode("cp1252")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>" % (6 + 2 * index)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(data),
    )


def _show(line: Print) -> str:
    escaped = line.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    raised = f"{0.4 * line.size} Ts /F1 {0.6 * line.size} Tf ({line.raised}) Tj" if line.raised else ""
    place = f"0 1 -1 0 {line.x} {line.y} Tm" if line.sideways else f"{line.x} {line.y} Td"
    return f"q {line.operators} BT /F{2 if line.bold else 1} {line.size} Tf {place} ({escaped}) Tj {raised} ET Q"
