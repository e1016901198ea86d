"""Dossiers and steps as the JSON of the national messages: templates filled a slice at a time.

Each message shows what its sender knew when it was pushed: facts dated later are not in it.
"""

from __future__ import annotations

import copy
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from chiso.demo import hours, people
from chiso.demo.flags import Flags
from chiso.demo.hours import Instants
from chiso.demo.shape import NO_LIMIT, STRANGERS, Kind, Lives, columns_of
from chiso.demo.world import UNTIL, World
from chiso.instants import iso
from chiso.law.states import State

DOSSIER: Final = (
    b'{"MaHoSo":"%b-%06d-%05d",%b,"KenhThucHien":"%d","NoiNopHoSo":"%d","ChuHoSo":"%b","LoaiDoiTuong":"%d",'
    b'"MaDoiTuong":%b,"SoGiayToChuHoSo":"%b","DinhDanhCHS":[{"LoaiDinhDanh":"%d","SoDinhDanh":"%b"}],'
    b'"ThongTinKhac":"%b","Email":"%b","Fax":"","SoDienThoai":"%b","TrichYeuHoSo":"%b","NgayNopHoSo":"%d",'
    b'"NgayTiepNhan":"%b","NgayHenTra":"%b","NgayKetThucXuLy":"%b","NgayTra":"%b","NgayTuChoi":"%b",'
    b'"TrangThaiHoSo":"%d","ThongTinTra":"","HinhThuc":"%d","DonViXuLy":"%b","GhiChu":"",'
    b'"HoSoCoThanhPhanSoHoa":"%d","TaiKhoanDuocXacThucVoiVNeID":"%d","DuocThanhToanTrucTuyen":"%d",'
    b'"DSKetNoiCSDL":%b,"TaiLieuNop":%b,"DanhSachLePhi":%b,"DanhSachTepDinhKemKhac":[],'
    b'"DanhSachHoSoBoSung":%b,"DanhSachGiayToKetQua":%b}'
)

STEP: Final = (
    b'{"MaHoSo":"%b-%06d-%05d","NguoiXuLy":"%b","ChucDanh":"%b","ThoiDiemXuLy":"%d","PhongBanXuLy":"%b",'
    b'"NoiDungXuLy":"%b","TrangThai":"%d","NgayBatDau":"%b","NgayKetThucTheoQuyDinh":"%b"}'
)

STEP_TEXTS: Final = {
    int(state): text.encode()
    for state, text in (
        (State.REGISTERED, "Trả lại công dân để bổ sung"),
        (State.RECEIVED, "Tiếp nhận hồ sơ"),
        (State.REFUSED, "Không tiếp nhận hồ sơ"),
        (State.PROCESSING, "Chuyển xử lý hồ sơ"),
        (State.SUPPLEMENT, "Yêu cầu bổ sung giấy tờ"),
        (State.WITHDRAWN, "Công dân rút hồ sơ"),
        (State.STOPPED, "Dừng xử lý hồ sơ"),
        (State.FINISHED, "Kết thúc xử lý hồ sơ"),
        (State.RETURNED, "Đã trả kết quả cho công dân"),
    )
}

_FILE = '"https://dvc.example.vn/tep/'
_FORM = (
    '{"TepDinhKemId":"","TenTepDinhKem":"to_khai","IsDeleted":@,"MaThanhPhanHoSo":"000.00.00.G00-TK0001",'
    '"DuongDanTaiTepTin":"","DuocSoHoa":"0","DuocTaiSuDung":"0","DuocLayTuKhoDMQG":"0","MaKetQuaThayThe":""}'
)
_GONE = (
    ',{"TepDinhKemId":"x-1","TenTepDinhKem":"nop_nham.pdf","IsDeleted":#,"MaThanhPhanHoSo":"",'
    f'"DuongDanTaiTepTin":{_FILE}x-1","DuocSoHoa":"1","DuocTaiSuDung":"1","DuocLayTuKhoDMQG":"1",'
    '"MaKetQuaThayThe":""}'
)
_SPELLINGS = (('"False"', '"True"'), ("false", "true"), ('"0"', '"1"'))


def _component(bits: int, spelling: int) -> bytes:
    """The list TaiLieuNop; its two gaps take the number of the file.

    Bits: 1 file, 2 digitised, 4 reused, 8 reused from an earlier result, 16 from the national store,
    32 a withdrawn component besides, 64 no component code.
    """
    live, gone = _SPELLINGS[spelling]
    linked = bits & 1
    name = "giay_to.pdf" if linked else "giay_to_%d"
    link = f'{_FILE}f-%d"' if linked else '""'
    reuse = 2 if bits & 8 else int(bool(bits & 4))
    code = "" if bits & 64 else "000.00.00.G15-KQ0001"
    text = (
        f'[{{"TepDinhKemId":"f-%d","TenTepDinhKem":"{name}","IsDeleted":{live},"MaThanhPhanHoSo":"{code}",'
        f'"DuongDanTaiTepTin":{link},"DuocSoHoa":"{int(bool(bits & 2))}","DuocTaiSuDung":"{reuse}",'
        f'"DuocLayTuKhoDMQG":"{int(bool(bits & 16))}","MaKetQuaThayThe":""}},' + _FORM.replace("@", live)
    )
    return (text + (_GONE.replace("#", gone) if bits & 32 else "") + "]").encode()


_RESULT = (
    '[{"TenGiayTo":"ket_qua.pdf","MaThanhPhanHoSo":"","GiayToId":"r-%%d","MaGiayToKetQua":"KQ.%s",'
    f'"DuongDanTepTinKetQua":{_FILE}%s-%%d"}}]'
)


def _fee(name: str, price: int) -> bytes:
    fee = {"TenPhiLePhi": name, "MaPhiLePhi": "2", "HinhThucThu": "1", "Gia": str(price), "LoaiPhiLePhi": "1"}
    return msgspec.json.encode([fee])


class Encoder:
    """Writes the messages of one province."""

    def __init__(self, world: World, lives: Lives, flags: Flags) -> None:
        self.world, self.lives, self.flags = world, lives, flags
        c, count = world.catalogue, len(lives)
        rng = world.rng("texts")
        strangers = [f"3.099{number:03d}" for number in range(STRANGERS)]
        codes = [*c.code, *strangers]
        fields = [*c.field, *(["G00-XX00"] * STRANGERS)]
        field_names = [*c.field_name, *(["Chưa rõ"] * STRANGERS)]
        names = [*c.name, *("Thủ tục chưa có trong danh mục" for _ in strangers)]

        def head(index: int, tail: str) -> bytes:
            told = {
                "MaTTHC": codes[index] + tail,
                "TenTTHC": names[index],
                "MaLinhVuc": fields[index],
                "TenLinhVuc": field_names[index],
            }
            return msgspec.json.encode(told)[1:-1]

        self.heads = [head(i, "") for i in range(len(codes))]
        self.long_heads = [head(i, ".000.00.00.H01") for i in range(len(codes))]
        prices = [*c.fee.tolist(), *([0] * STRANGERS)]
        self.fees = [[b"[]", _fee("Phí, lệ phí", 0), _fee("Phí, lệ phí", p or 5000)] for p in prices]
        self.results = [
            [(_RESULT % (field.split("-")[0], letter)).encode() for letter in "rf"] for field in fields
        ]
        self.components = [[_component(b, s) for b in range(128)] for s in range(len(_SPELLINGS))]
        self.abstracts = [name[:60].encode() for name in names]
        self.unit_names = [
            name.encode() if commune else f"{name} ({code})".encode()
            for name, code, commune in zip(world.names, world.codes, world.is_commune, strict=True)
        ]
        self.unit_codes = [code.encode() for code in world.codes]

        self.person = rng.integers(0, len(people.NAMES), count, dtype=np.int32)
        self.identity = rng.integers(0, 10**9, count, dtype=np.int64)
        self.look = rng.integers(0, 1000, count, dtype=np.int32)
        """draws of the dossier's small oddities, in thousandths"""
        self.officer = rng.integers(0, len(people.OFFICERS), count, dtype=np.int32)
        number = np.arange(1, count + 1)
        self.number = number

        early = rng.integers(300, 40_000, count)
        counter = rng.integers(60, 1500, count)
        copies = world.with_habit("copies-submission")[lives.unit]
        before = np.where(flags.channel == 2, early, counter)
        self.submitted = hours.compact(lives.received - np.where(copies, 0, before))
        day = hours.compact(lives.received) // 1_000_000 % 1_000_000
        self.day = day
        self.received = hours.compact(lives.received)
        unreceived = np.isin(lives.kind, [Kind.EXTRA_REGISTERED, Kind.EXTRA_UNRECEIVED])
        self.received[unreceived] = 0
        self.component_bits = (
            flags.component
            + 2 * flags.digitised
            + 4 * (flags.reuse == 1)
            + 8 * (flags.reuse == 2)
            + 16 * flags.from_store
            + 32 * (self.look < 12)
            + 64 * world.with_habit("blank-component")[lives.unit]
        ).astype(np.int64)
        self.spelling = (world.sender_of % len(_SPELLINGS))[lives.unit]
        self.placeholder = world.with_habit("placeholder-id")[lives.unit] & (self.look < 150)
        self.long_code = world.with_habit("long-codes")[lives.unit]
        self.constant = world.with_habit("constant-database")[lives.unit]
        self.input_result = (
            world.with_habit("result-is-input")[lives.unit] & flags.component & (self.look > 400)
        )
        self.iso_dates = world.with_habit("iso-dates")[lives.unit]
        self.by_steps = (self.look % 3 == 0) & np.isin(
            lives.kind, [Kind.SUPPLEMENT, Kind.SECOND_REQUEST, Kind.SUPPLEMENT_UNDATED]
        )
        """whose supplements are told by steps alone"""
        late = lives.late & lives.closed & (lives.kind == Kind.PLAIN) & (lives.judged_due < NO_LIMIT)
        late &= (lives.judged_due - lives.received > 7_200) & (lives.ended > lives.judged_due)
        self.swapped = late & (self.look % 3 == 1) & world.with_habit("swaps-dates")[lives.unit]
        """on time by a wait whose two dates their sender puts in each other's place, and so late"""

    def take(self, rows: Instants) -> Encoder:
        """The same for some dossiers alone, in columns of their own that may be changed."""
        some = copy.copy(self)
        some.lives, some.flags = columns_of(self.lives, rows), columns_of(self.flags, rows)
        for name, values in vars(self).items():
            if isinstance(values, np.ndarray):
                setattr(some, name, values[rows])
        return some

    def dossiers(self, index: Instants, told: Instants) -> list[bytes]:
        """The messages of dossiers ``index``, each with the facts up to the instant ``told``."""
        lives, flags = self.lives, self.flags
        kind, ended = lives.kind[index], lives.ended[index]
        over = ended <= told
        state = self._states(index, told)
        ends = np.isin(state, [State.FINISHED, State.RETURNED, State.WITHDRAWN, State.STOPPED])
        finished = np.where(over, ended, lives.ended_first[index])
        dateless = np.isin(kind, [Kind.ENDLESS, Kind.RETURNED_ONLY])
        finished = np.where(ends & ~dateless, finished, 0)
        returned = np.where(over & (state == State.RETURNED), lives.returned[index], 0)
        refused = np.where(over & (state == State.REFUSED), ended, 0)
        due = np.where(over, lives.due[index], lives.first_due[index])
        payment = np.where(over | flags.prepaid[index] | (flags.payment[index] == 3), flags.payment[index], 0)
        shown = over & flags.result[index]
        look = self.look[index]
        subject = flags.subject[index]
        asks = lives.requested[index] > 0
        supplements = np.where(asks & ~self.by_steps[index] & (lives.requested[index] <= told), 1, 0)
        supplements |= over & self.swapped[index]
        heads, long_heads, fees, results = self.heads, self.long_heads, self.fees, self.results
        procedure = lives.procedure[index].tolist()
        items = []
        for (
            row,
            at,
            p,
            desk,
            unit,
            day,
            serial,
            channel,
            filed,
            person,
            who,
            ident,
            odd,
            abstract_long,
            submitted,
            received,
            due_at,
            end_at,
            back_at,
            no_at,
            st,
            flag,
            vneid,
            paid,
            bits,
            spelling,
            fee,
            supplement,
            result,
            number,
            holder,
            long_code,
            constant,
            as_input,
        ) in zip(
            index.tolist(),
            told.tolist(),
            procedure,
            lives.desk[index].tolist(),
            lives.unit[index].tolist(),
            self.day[index].tolist(),
            lives.serial[index].tolist(),
            flags.channel[index].tolist(),
            flags.filed[index].tolist(),
            self.person[index].tolist(),
            subject.tolist(),
            self.identity[index].tolist(),
            look.tolist(),
            (look % 4 == 1).tolist(),
            self.submitted[index].tolist(),
            _stamp(self.received[index]),
            _date(due),
            _date(finished),
            _date(returned),
            _date(refused),
            state.tolist(),
            flags.digitised_flag[index].tolist(),
            flags.vneid[index].tolist(),
            payment.tolist(),
            self.component_bits[index].tolist(),
            self.spelling[index].tolist(),
            flags.fees[index].tolist(),
            supplements.tolist(),
            shown.tolist(),
            self.number[index].tolist(),
            self.placeholder[index].tolist(),
            self.long_code[index].tolist(),
            self.constant[index].tolist(),
            self.input_result[index].tolist(),
            strict=True,
        ):
            identity = b"000000001" if holder else b"099%09d" % ident
            name = people.NAMES[person]
            if who == 2:
                name = people.BUSINESSES[odd % 5].encode() + b" " + name
            items.append(
                DOSSIER
                % (
                    self.unit_codes[desk],
                    day,
                    serial,
                    (long_heads if long_code else heads)[p],
                    channel,
                    filed,
                    name,
                    who,
                    b'"%012d"' % ident if channel == 2 else b"null",
                    identity,
                    2 if holder else 1,
                    identity,
                    people.STREETS[odd % 8] if odd < 300 else b"",
                    b"nguoidan%d@thu.example.vn" % ident if odd > 900 else b"",
                    b"0900%06d" % (ident % 1_000_000),
                    self.abstracts[p] if abstract_long else b"Dinhkem",
                    submitted,
                    received,
                    due_at,
                    end_at,
                    back_at,
                    no_at,
                    st,
                    odd % 7 == 0,
                    self.unit_names[unit],
                    flag,
                    vneid,
                    paid,
                    b'[{"MaCSDL":"7"}]' if constant else b'[{"MaCSDL":"1"}]' if vneid else b"[]",
                    self.components[spelling][bits] % (number, number),
                    fees[p][fee],
                    self._supplements(row, at) if supplement else b"[]",
                    results[p][as_input] % (number, number) if result else b"[]",
                )
            )
        return items

    def _states(self, index: Instants, told: Instants) -> NDArray[np.int64]:
        """TrangThaiHoSo as known at ``told``."""
        lives = self.lives
        over = lives.ended[index] <= told
        old = told - lives.received[index] > 86_400
        state = np.where(old, int(State.PROCESSING), int(State.RECEIVED))
        asked = (lives.requested[index] > 0) & (lives.requested[index] <= told)
        answered = (lives.completed[index] > 0) & (lives.completed[index] <= told)
        asked_again = (lives.requested_again[index] > 0) & (lives.requested_again[index] <= told)
        state = np.where(asked & (~answered | asked_again), int(State.SUPPLEMENT), state)
        first = (lives.ended_first[index] > 0) & (lives.ended_first[index] <= told)
        state = np.where(first & (lives.reopened[index] > told), int(State.FINISHED), state)
        last = lives.state[index].astype(np.int64)
        last = np.where((last == State.RETURNED) & (lives.returned[index] > told), int(State.FINISHED), last)
        state = np.where(over, last, state)
        return np.where(lives.kind[index] == Kind.EXTRA_REGISTERED, int(State.REGISTERED), state)

    def _supplements(self, row: int, told: int) -> bytes:
        """DanhSachHoSoBoSung of one dossier as known at ``told``."""
        lives = self.lives
        due, first_due = int(lives.due[row]), int(lives.first_due[row])
        requests = [(int(lives.requested[row]), int(lives.completed[row]))]
        if self.swapped[row]:
            received, judged_due = int(lives.received[row]), int(lives.judged_due[row])
            asked = received + (judged_due - received) * 3 // 10
            requests = [(asked + int(lives.ended[row]) - judged_due + 600, asked)]
        elif lives.requested_again[row]:
            requests.append((int(lives.requested_again[row]), 0))

        def date(at: int) -> str:
            if not at:
                return ""
            if self.iso_dates[row]:
                return str(iso(at)).removesuffix("+07:00")
            return str(int(hours.compact(np.array([at]))[0]))

        told_requests = [
            {
                "HoSoBoSungId": str(int(self.number[row]) * 10 + order),
                "NguoiYeuCauBoSung": people.OFFICERS[int(self.officer[row])].decode(),
                "NoiDungBoSung": "Bổ sung giấy tờ còn thiếu",
                "NgayBoSung": date(requested),
                "NguoiTiepNhanBoSung": "",
                "ThongTinTiepNhan": "",
                "NgayTiepNhanBoSung": date(completed) if completed <= told else "",
                "TrangThaiBoSung": 0 < completed <= told,
                "DanhSachGiayToBoSung": [],
                "DanhSachLePhiBoSung": [],
                "NgayHenTraTruoc": date(first_due),
                "NgayHenTraMoi": date(due) if due != first_due and lives.ended[row] <= told else "",
            }
            for order, (requested, completed) in enumerate(requests)
            if requested <= told
        ]
        return msgspec.json.encode(told_requests)

    def steps(self, index: Instants, at: Instants, state: Instants) -> list[bytes]:
        """Steps of dossiers ``index``."""
        lives = self.lives
        officer = (self.officer[index] + np.where(state == State.RECEIVED, 1, 0)) % len(people.OFFICERS)
        begun = np.where(state == State.RECEIVED, 0, lives.received[index])
        rows = zip(
            lives.desk[index].tolist(),
            self.day[index].tolist(),
            lives.serial[index].tolist(),
            officer.tolist(),
            hours.compact(at).tolist(),
            state.tolist(),
            _date(begun),
            _date(np.where(at <= UNTIL, lives.first_due[index], lives.due[index])),
            strict=True,
        )
        texts, codes = STEP_TEXTS, self.unit_codes
        return [
            STEP
            % (
                codes[desk],
                day,
                serial,
                people.OFFICERS[who],
                people.TITLES[who % 5],
                when,
                people.ROOMS[st % 5],
                texts[st],
                st,
                begin,
                limit,
            )
            for desk, day, serial, who, when, st, begin, limit in rows
        ]

    def code(self, row: int) -> str:
        """MaHoSo."""
        return f"{self.world.codes[self.lives.desk[row]]}-{self.day[row]:06d}-{self.lives.serial[row]:05d}"


def _stamp(numbers: Instants) -> list[bytes]:
    return [b"%d" % number if number else b"" for number in numbers.tolist()]


def _date(instants: Instants) -> list[bytes]:
    """yyyyMMddHHmmss, empty where there is no instant."""
    return _stamp(np.where(instants > 0, hours.compact(instants), 0))
