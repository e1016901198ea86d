"""From facts to sentences: the fields that a template may hold, and the paragraphs that give the orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from chiso.instants import day_of, parse_period
from chiso.steering.letters import phrases
from chiso.steering.letters.facts import Coverage, Document, Facts, Order, Standing
from chiso.text import number

INDEX: Final = (
    "Quyết định số 766/QĐ-TTg ngày 23 tháng 6 năm 2022 của Thủ tướng Chính phủ phê duyệt Bộ chỉ số chỉ đạo, "
    "điều hành và đánh giá chất lượng phục vụ người dân, doanh nghiệp trong thực hiện thủ tục hành chính, "
    "dịch vụ công theo thời gian thực trên môi trường điện tử"
)
"""the decision in full, as a document is cited the first time"""
INDEX_SHORT: Final = "Quyết định số 766/QĐ-TTg"
MOST_NAMED: Final = 3
"""procedures that a sentence names"""
MOST_ASKED: Final = 4
"""units that an order names; more are counted"""
ALMOST: Final = 25
"""day of a month from which a letter counts it among the months that have passed"""
LETTERS: Final = "abcdđeghiklmnopqrstuvxy"
"""the Vietnamese alphabet, which the points of a clause follow"""


SENTENCES: Final = frozenset(
    {
        "subject",
        "basis",
        "standing",
        "movement",
        "request",
        "attached",
        "closing",
        "required",
        "gap",
        "deadline",
    }
)
"""fields that are methods of :class:`Wording`"""


@dataclass(frozen=True)
class Line:
    """A paragraph of the orders: a clause with its number and title, or a point under it."""

    text: str
    clause: bool = False


class Wording:
    """The sentences of one letter."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.mark = facts.decimal_mark
        self._cited: set[str] = set()
        self._told: dict[str, str] = {}

    # -- small things -----------------------------------------------------------------------------------

    def points(self, value: str) -> str:
        return phrases.points(value, self.mark)

    def ratio(self, value: str) -> str:
        return phrases.ratio(Fraction(value), self.mark)

    def cite(self, number: str) -> str:
        """A document in full the first time, by type and number from then on."""
        known = next((one for one in self.facts.documents if one.number == number), None)
        if known is None or number in self._cited:
            return phrases.called(number)
        self._cited.add(number)
        return phrases.cited(known.number, known.date, self._issuer(known), known.subject)

    def _issuer(self, document: Document) -> str:
        head = self.facts.head
        ours = phrases.short_council(document.issuer) == phrases.short_council(head.issuer)
        return head.called if ours else document.issuer

    def required(self) -> str:
        """80 đến 90 điểm."""
        wish = self.facts.wish
        if wish.low == wish.high:
            return f"từ {wish.low} điểm trở lên"
        return f"từ {wish.low} đến {wish.high} điểm"

    def stretch(self) -> str:
        """The period in words: 03 tháng đầu năm 2023."""
        period = parse_period(self.facts.standing.origin.period)
        last = day_of(self.facts.standing.origin.at - 1)
        year = period.first_day.year
        if period.kind == "year":
            if last.day < ALMOST:
                return f"thời gian từ đầu năm {year} đến nay"
            return f"{last.month:02d} tháng đầu năm {year}" if last.month < 12 else f"năm {year}"
        if period.kind == "half":
            return f"06 tháng {'đầu' if period.first_day.month < 7 else 'cuối'} năm {year}"
        if period.kind == "quarter":
            return f"Quý {phrases.roman((period.first_day.month + 2) // 3)} năm {year}"
        if period.kind == "month":
            return f"tháng {phrases.month_of(period.first_day)} năm {year}"
        first, until = phrases.short_day(period.first_day), phrases.short_day(period.last_day)
        return f"thời gian từ ngày {first} đến ngày {until}"

    def quarter(self) -> str:
        """The quarter of the judging instant: Quý I năm 2023."""
        last = day_of(self.facts.standing.origin.at - 1)
        return f"Quý {phrases.roman((last.month + 2) // 3)} năm {last.year}"

    def day(self) -> str:
        """The day that the figures are of: of their capture, else of the judging instant."""
        origin = self.facts.standing.origin
        at = origin.at - 1 if origin.captured_at is None else origin.captured_at
        return phrases.short_day(day_of(at))

    def place_name(self) -> str:
        """tỉnh, as the letter calls the unit that it is about."""
        return phrases.lowered(self.facts.standing.name.split(" ")[0])

    def deadline(self) -> str:
        wish = self.facts.wish
        return phrases.short_day(date.fromisoformat(wish.deadline)) if wish.deadline else ""

    def gap(self) -> str:
        """Points missing to the target; empty where it is reached."""
        left = Decimal(self.facts.wish.target) - Decimal(self.facts.standing.total)
        return self.points(f"{left}") if left > 0 else ""

    # -- sentences ----------------------------------------------------------------------------------------

    def subject(self) -> str:
        if self.facts.kind == "unit":
            return (
                "nâng cao kết quả thực hiện Bộ chỉ số phục vụ người dân, doanh nghiệp theo "
                f"{INDEX_SHORT} của {phrases.lowered_name(self.facts.standing.name)}"
            )
        return (
            "đôn đốc thực hiện Bộ chỉ số phục vụ người dân, doanh nghiệp trong thực hiện thủ tục hành chính, "
            f"cung cấp dịch vụ công theo {INDEX_SHORT} của Thủ tướng Chính phủ"
        )

    def basis(self) -> str:
        called = self.facts.head.called
        if self.facts.kind == "unit":
            return (
                f"Thực hiện {INDEX}, {called} thường xuyên theo dõi kết quả của từng cơ quan, đơn vị, "
                "địa phương."
            )
        told = [self.cite(one.number) for one in self.facts.documents]
        if not told:
            return (
                f"Thực hiện {INDEX}, các cơ quan, đơn vị, địa phương đã triển khai nhiều giải pháp nâng cao "
                f"chất lượng phục vụ người dân, doanh nghiệp. {called} ghi nhận nỗ lực của các đơn vị."
            )
        return (
            f"Thực hiện {'; '.join(told)}, các cơ quan, đơn vị, địa phương đã triển khai các nhiệm vụ được "
            f"giao về kiểm soát, cải cách thủ tục hành chính. {called} ghi nhận nỗ lực của các đơn vị."
        )

    def movement(self) -> str:
        """ngày 27/02/2023 xếp thứ 4/63, ngày 07/3/2023 xếp thứ 8/63."""
        if self.facts.movement is None:
            return ""
        places = self.facts.movement.places[:-1]
        return ", ".join(
            f"ngày {phrases.short_day(day_of(one.at))} xếp thứ {one.rank}/{one.of}" for one in places
        )

    def standing(self) -> str:
        return self._unit_standing() if self.facts.kind == "unit" else self._urge_standing()

    def _urge_standing(self) -> str:
        standing, movement = self.facts.standing, self.facts.movement
        name = self.place_name()
        reached = Decimal(standing.total) >= self.facts.wish.low
        total = f"tổng điểm đạt {self.points(standing.total)} điểm ({self._needed()})"
        if movement is None:
            opening = "Kết quả" if reached else "Tuy nhiên, kết quả"
            verdict = "đã đạt yêu cầu" if reached else "chưa đạt yêu cầu"
            return (
                f"{opening} chung của {name} trong {self.stretch()} {verdict}: đến ngày {self.day()}, "
                f"{total}, cụ thể:"
            )
        last = movement.places[-1]
        among = phrases.LEAGUE_WORDS[movement.among]
        now = f"ngày {phrases.short_day(day_of(last.at))} {name} xếp thứ {last.rank}/{last.of} {among}"
        first = movement.places[0]
        fell, rose = last.rank > first.rank, last.rank < first.rank
        verdict = "đã đạt yêu cầu" if reached else "chưa đạt yêu cầu"
        if fell:
            verdict += f"{' nhưng' if reached else ' và'} thứ hạng giảm so với trước"
        elif rose:
            verdict += f"{' và' if reached else ' dù'} thứ hạng đã tăng so với trước"
        elif len(movement.places) > 1:
            verdict += f"{' và' if reached else ','} thứ hạng chưa thay đổi"
        opening = "Kết quả" if reached and not fell else "Tuy nhiên, kết quả"
        before = f"{self.movement()}; đến " if self.movement() else "đến "
        return (
            f"{opening} chung của {name} trong {self.stretch()} {verdict}: {before}{now} với {total}, cụ thể:"
        )

    def _needed(self) -> str:
        return f"yêu cầu {self.required()}"

    def _unit_standing(self) -> str:
        standing, movement = self.facts.standing, self.facts.movement
        name, total = phrases.lowered_name(standing.name), self.points(standing.total)
        words = f"Đến ngày {self.day()}, {name} đạt {total} điểm"
        words += f", xếp loại {standing.band}"
        if movement is not None:
            last = movement.places[-1]
            words += f", thứ {last.rank}/{last.of} {phrases.LEAGUE_WORDS[movement.among]}"
        gap = self.gap()
        words += f"; yêu cầu {self.required()}"
        words += (
            f", còn thiếu {gap} điểm so với mức {self.facts.wish.target} điểm" if gap else ", đã đạt yêu cầu"
        )
        return f"{words}. Kết quả từng nhóm tiêu chí trong {self.stretch()} như sau:"

    def request(self) -> str:
        called = self.facts.head.called
        deadline = self.deadline()
        if self.facts.kind == "unit":
            told = f" và báo cáo kết quả về {called} trước ngày {deadline}" if deadline else ""
            return (
                f"{called} yêu cầu {phrases.lowered_name(self.facts.standing.name)} khẩn trương thực hiện "
                f"các nội dung sau{told}:"
            )
        if not deadline:
            return (
                f"Từ kết quả trên, {called} yêu cầu các cơ quan, đơn vị, địa phương khẩn trương thực hiện "
                "các nội dung sau:"
            )
        about = self.facts.wish.about
        where = f" theo {self.cite(about)}" if about else ""
        return (
            f"Từ kết quả trên, {called} yêu cầu các cơ quan, đơn vị, địa phương báo cáo kết quả thực hiện "
            f"các nhiệm vụ được giao trong {self.quarter()}{where} về {called} trước ngày {deadline}, "
            "đồng thời khẩn trương thực hiện các nội dung sau:"
        )

    def attached(self) -> str:
        count = len(self.facts.appendices)
        if not count:
            return ""
        if count == 1:
            return "Số liệu chi tiết tại Phụ lục kèm theo Công văn này."
        numbers = phrases.listed([phrases.roman(place) for place in range(1, count + 1)])
        return f"Số liệu chi tiết tại các Phụ lục {numbers} kèm theo Công văn này."

    def closing(self) -> str:
        called = self.facts.head.called
        if self.facts.kind == "unit":
            name = phrases.lowered_name(self.facts.standing.name)
            return f"{called} yêu cầu {name} nghiêm túc tổ chức thực hiện./."
        return (
            f"{called} yêu cầu Thủ trưởng các cơ quan, đơn vị, địa phương nghiêm túc, khẩn trương tổ chức "
            "thực hiện./."
        )

    # -- orders -----------------------------------------------------------------------------------------

    def orders(self) -> list[Line]:
        clauses = self._unit_clauses() if self.facts.kind == "unit" else self._urge_clauses()
        lines: list[Line] = []
        for place, (title, points) in enumerate(clauses, 1):
            lines.append(Line(f"{place}. {title}", clause=True))
            if len(points) == 1:
                lines.append(Line(points[0]))
                continue
            lines += [Line(f"{_letter(number)}) {text}") for number, text in enumerate(points)]
        return lines

    def _urge_clauses(self) -> list[tuple[str, list[str]]]:
        found: list[tuple[str, list[str]]] = []
        kinds = dict.fromkeys(one.kind for one in self.facts.orders)
        charged = next(
            (kind for kind in ("districts", "communes", "departments") if kind in kinds), "communes"
        )
        for kind in ("departments", "districts", "communes"):
            points = [self._order(one) for one in self.facts.orders if one.kind == kind]
            if kind == charged:  # those above the units of the lists see to them
                points += [self._coverage(one) for one in self.facts.coverage]
            if points:
                found.append((self._kind_title(kind), points))
        return found

    def _kind_title(self, kind: str) -> str:
        for one in self.facts.addressees:
            if phrases.fold_kind(one.words) == kind:
                return one.words
        return phrases.ADDRESSEE_WORDS[kind]

    def _order(self, order: Order) -> str:
        text = order.task.strip().rstrip(".;")
        told = f"nhiệm vụ được giao tại {self.cite(order.document)}" if order.document else ""
        if order.due:
            day = date.fromisoformat(order.due)
            past = day < day_of(self.facts.standing.origin.at - 1)
            due = f"{'đã quá hạn' if past else 'hoàn thành chậm nhất'} ngày {phrases.short_day(day)}"
            told = f"{told}, {due}" if told else due
        if len(order.names) > MOST_ASKED:
            where = self._appendix_of("tasks").strip(" ()")
            some = f"{len(order.names)} đơn vị"
            some += f" nêu tại {where}" if where and self._listed(order) else ""
            told = f"{told}; {some}" if told else some
        elif order.names:
            text = f"{phrases.listed(list(order.names))}: {phrases.lowered(text)}"
        return f"{text} ({told})." if told else f"{text}."

    def _listed(self, order: Order) -> bool:
        """Whether the appendix of tasks without report has an order's units."""
        tasks = self.facts.tasks
        return tasks is not None and any(
            (row.document, row.task) == (order.document, order.task) for row in tasks.rows
        )

    def _coverage(self, coverage: Coverage) -> str:
        done, count = coverage.done, len(coverage.rows)
        day = phrases.short_day(day_of(coverage.origin.at - 1))
        words = (
            f"Chỉ đạo {count} đơn vị ({coverage.list}) nghiêm túc triển khai chứng thực bản sao điện tử từ "
            f"bản chính; đến ngày {day} có {done}/{count} đơn vị đã thực hiện"
        )
        words += self._appendix_of("coverage")
        if coverage.by:
            by = phrases.short_day(date.fromisoformat(coverage.by))
            return f"{words}. Bảo đảm đến ngày {by} đạt 100% đơn vị triển khai thực hiện."
        return f"{words}. Bảo đảm 100% đơn vị triển khai thực hiện."

    def _appendix_of(self, name: str) -> str:
        names = self.facts.appendices
        if name not in names:
            return ""
        return (
            f" (Phụ lục {phrases.roman(names.index(name) + 1)})" if len(names) > 1 else " (Phụ lục kèm theo)"
        )

    def _unit_clauses(self) -> list[tuple[str, list[str]]]:
        found: list[tuple[str, list[str]]] = []
        if points := self._now():
            found.append(("Việc cần làm ngay", points))
        asked = [self._order(one) for one in self.facts.orders if not one.document]
        if asked:
            found.append(("Các nhóm tiêu chí còn thấp", asked))
        given = [self._order(one) for one in self.facts.orders if one.document]
        given += [self._coverage(one) for one in self.facts.coverage]
        if given:
            found.append(("Các nhiệm vụ được giao", given))
        return found or [("Duy trì kết quả", ["Giữ vững kết quả đã đạt, không để phát sinh hồ sơ quá hạn."])]

    def _now(self) -> list[str]:
        due = self.facts.due
        if due is None:
            return []
        points = []
        if due.overdue_open:
            words = f"Giải quyết dứt điểm {number(due.overdue_open)} hồ sơ đã quá hạn, chưa có kết quả"
            late = [one for one in due.procedures if one.open]
            names = [phrases.quoted(one.procedure_name or one.procedure) for one in late[:MOST_NAMED]]
            if len(late) == 1:
                words += f", thủ tục {names[0]}"
            elif late:
                counts = [number(one.open) for one in late]
                told = [f"{name} {count} hồ sơ" for name, count in zip(names, counts, strict=False)]
                words += f", trong đó thủ tục {phrases.listed(told)}"
            points.append(f"{words}{self._appendix_of('overdue')}.")
        if due.soon:
            day = phrases.short_day(day_of(due.until - 1))
            points.append(f"Hoàn thành đúng hạn {number(due.soon)} hồ sơ đến hạn từ nay đến hết ngày {day}.")
        if facts_work := self.facts.work:
            words = f"Tổ chức thực hiện {number(facts_work.count)} việc cần làm, ưu tiên việc được nhiều điểm"
            points.append(f"{words}{self._appendix_of('work')}.")
        return points

    # -- fields -----------------------------------------------------------------------------------------

    def field(self, name: str) -> str:
        """The text of a field that stands within a line.  Documents are cited in full where they come first,
        so that fields are to be asked for in the order in which they stand."""
        if name not in self._told:
            self._told[name] = self._field(name)
        return self._told[name]

    def _field(self, name: str) -> str:
        if name in SENTENCES:
            return str(getattr(self, name)())
        facts, head, standing = self.facts, self.facts.head, self.facts.standing
        if name.startswith(("points_", "ratio_")):
            kind, _, group = name.partition("_")
            one = next((one for one in standing.groups if one.group == group), None)
            if one is None:
                return "–"
            return self.points(one.points) if kind == "points" else self.ratio(one.ratio)
        last = None if facts.movement is None else facts.movement.places[-1]
        return {
            "issuer_parent": phrases.headed(head.issuer_parent),
            "issuer": phrases.headed(head.issuer),
            "called": head.called,
            "number": f"{head.number:02d}" if head.number is not None else " " * 8,
            "symbol": head.symbol,
            "place": head.place,
            "date": phrases.long_day(date.fromisoformat(head.date)) if head.date else self._open_date(),
            "role": "\n".join(head.role),
            "signer": head.signer,
            "unit": standing.name,
            "period": self.stretch(),
            "figures_day": self.day(),
            "total": self.points(standing.total),
            "most": standing.most,
            "ratio": self.ratio(standing.ratio),
            "band": standing.band,
            "rank": "" if last is None else str(last.rank),
            "of": "" if last is None else str(last.of),
        }[name]

    def _open_date(self) -> str:
        year, month = self.facts.head.month.split("-")
        return f"ngày       tháng {month if int(month) < 3 else int(month)} năm {year}"

    def table(self) -> list[tuple[str, ...]]:
        """The lines of the table of criteria, the last one the total."""
        standing: Standing = self.facts.standing
        rows = [
            (str(place), one.name, self.points(one.points), one.most, self.ratio(one.ratio))
            for place, one in enumerate(standing.groups, 1)
        ]
        total = ("", "TỔNG", self.points(standing.total), standing.most, self.ratio(standing.ratio))
        return [*rows, total]


def _letter(number: int) -> str:
    """a, b, … y; after the alphabet aa, ab, …"""
    before = _letter(number // len(LETTERS) - 1) if number >= len(LETTERS) else ""
    return before + LETTERS[number % len(LETTERS)]
