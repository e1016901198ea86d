"""Numbers, dates and instants as people read them: 59,18 · 389.256 · 44,44% · 06:00 10/10/2026.

Exact in, text out: integers, fractions, decimals and decimal texts, never floats.  Vietnamese writes a
comma before decimals and dots between thousands; English the other way round.  Days are written
dd/MM/yyyy in both.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from chiso import text
from chiso.instants import DAY, NEVER, day_of, moment_of, parse_instant

Exact = int | str | Decimal | Fraction

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


def exact(value: Exact) -> Fraction:
    """The value itself; a text is read as a decimal with a dot."""
    return Fraction(value)


def number(value: Exact | None, places: int = 0, lang: str = "vi") -> str:
    """A number with grouped thousands; an en dash where there is none."""
    if value is None:
        return DASH
    written = text.number(exact(value), places, lang)
    return MINUS + written[1:] if written.startswith("-") else written


def points(value: Exact | None, lang: str = "vi", places: int = 2) -> str:
    """Points as everybody shows them: two decimals."""
    return number(value, places, lang)


def percent(part: Exact | None, whole: Exact | None, lang: str = "vi", places: int = 2) -> str:
    """``part`` of ``whole`` in percent; an en dash where the whole is nothing."""
    if part is None or whole is None or exact(whole) == 0:
        return DASH
    return number(exact(part) * 100 / exact(whole), places, lang) + "%"


def share(part: Exact | None, whole: Exact | None) -> str:
    """``part`` of ``whole`` as a drawing width between 0 and 100, three decimals with a dot."""
    if part is None or whole is None or exact(whole) <= 0:
        return "0"
    ratio = min(Fraction(100), max(Fraction(0), exact(part) * 100 / exact(whole)))
    return str(Decimal(round(ratio * 1000)).scaleb(-3).normalize().quantize(Decimal("0.001")))


def figure(text: str | None, lang: str = "vi") -> str:
    """A figure as answers tell it (65.20, 94.12%, 12) as people read it; an en dash where there is none."""
    if text is None:
        return DASH
    bare, mark = text.removesuffix("%"), "%" if text.endswith("%") else ""
    return number(bare, len(bare.partition(".")[2]), lang) + mark


def signed(value: Exact | None, lang: str = "vi", places: int = 2) -> str:
    """A change with its sign; nothing changed has none."""
    if value is None:
        return DASH
    written = text.number(abs(exact(value)), places, lang)
    if not any(digit in written for digit in "123456789"):
        return written
    return ("+" if exact(value) > 0 else MINUS) + written


def direction(value: Exact | None, places: int = 2) -> str:
    """``up``, ``down`` or ``same``, of the change as shown with so many decimals."""
    if value is None:
        return "same"
    shown = round(exact(value) * Fraction(10) ** places)
    return "up" if shown > 0 else "down" if shown < 0 else "same"


def as_instant(value: int | str | None) -> int | None:
    """An instant given as one or as ISO text; ``None`` for none."""
    if value is None or value == "":
        return None
    found = parse_instant(value) if isinstance(value, str) else value
    return None if found >= NEVER else found


def day(value: int | str | None) -> str:
    """10/10/2026"""
    found = as_instant(value)
    return DASH if found is None else f"{day_of(found):%d/%m/%Y}"


def clock(value: int | str | None, seconds: bool = False) -> str:
    """06:00"""
    found = as_instant(value)
    return (
        DASH if found is None else f"{moment_of(found):%H:%M:%S}" if seconds else f"{moment_of(found):%H:%M}"
    )


def instant(value: int | str | None, seconds: bool = False) -> str:
    """06:00 10/10/2026"""
    found = as_instant(value)
    return DASH if found is None else f"{clock(found, seconds)} {day(found)}"


def local(value: int | str | None) -> str:
    """2026-10-10T06:00, as a date-and-time field takes it."""
    found = as_instant(value)
    return "" if found is None else f"{moment_of(found):%Y-%m-%dT%H:%M}"


_SPANS = {
    "vi": (("ngày", "ngày"), ("giờ", "giờ"), ("phút", "phút"), ("giây", "giây")),
    "en": (("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
}


def span(seconds: int | None, lang: str = "vi") -> str:
    """A length of time in its largest whole unit, with the next one below ten: 3 ngày 4 giờ, 25 phút."""
    if seconds is None:
        return DASH
    left = max(0, int(seconds))
    sizes = (DAY, 3600, 60, 1)
    words = _SPANS[lang]
    for index, size in enumerate(sizes):
        count, rest = divmod(left, size)
        if count or size == 1:
            words_said = f"{number(count, 0, lang)} {words[index][count != 1]}"
            if index < 2 and count < 10 and (below := rest // sizes[index + 1]):
                words_said += f" {below} {words[index + 1][below != 1]}"
            return words_said
    return DASH  # pragma: no cover - the loop always returns at seconds


def rounded(value: Exact, places: int = 2) -> str:
    """A decimal text with a dot, for data attributes and JSON."""
    quantum = Decimal(1).scaleb(-places)
    fraction = exact(value)
    return str(
        (Decimal(fraction.numerator) / Decimal(fraction.denominator)).quantize(quantum, ROUND_HALF_EVEN)
    )


def iso_text(value: int) -> str:
    """2026-10-10T06:00:00+07:00"""
    return moment_of(value).isoformat()
