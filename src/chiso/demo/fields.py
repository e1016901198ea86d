"""Fields, deeds and objects from which the plausible catalogue is put together.

The names are invented in the manner of the national catalogue; the few procedures of communes that everybody
knows carry their real codes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

DEEDS: Final = (
    "Cấp", "Cấp lại", "Cấp đổi", "Điều chỉnh", "Gia hạn", "Thu hồi", "Thẩm định hồ sơ về", "Thông báo",
    "Đăng ký", "Đăng ký thay đổi", "Chấm dứt hiệu lực", "Công nhận", "Xác nhận", "Phê duyệt", "Chấp thuận",
    "Đính chính", "Bổ sung nội dung", "Chuyển nhượng",
)  # fmt: skip


class Field(NamedTuple):
    """A field of the catalogue at one department, or at the communes (``home`` empty)."""

    home: str
    code: str
    name: str
    objects: tuple[str, ...]


def _f(home: str, code: str, name: str, objects: str) -> Field:
    return Field(home, code, name, tuple(objects.split("; ")))


FIELDS: Final = (
    _f("H01.01", "G10-LD01", "Lao động, tiền lương", "giấy phép cho thuê lại lao động; nội quy lao động; thỏa ước lao động tập thể; thang lương của doanh nghiệp nhà nước"),
    _f("H01.01", "G10-LD03", "Việc làm", "giấy phép lao động cho người nước ngoài; giấy phép hoạt động dịch vụ việc làm; trợ cấp thất nghiệp; nhu cầu sử dụng lao động nước ngoài"),
    _f("H01.01", "G10-NC01", "Người có công", "chế độ trợ cấp một lần đối với người có công; giấy chứng nhận thương binh; chế độ thờ cúng liệt sĩ"),
    _f("H01.01", "G10-NV02", "Tổ chức phi chính phủ", "điều lệ hội; quỹ xã hội, quỹ từ thiện; đại hội nhiệm kỳ của hội"),
    _f("H01.02", "G03-KD01", "Thành lập và hoạt động doanh nghiệp", "doanh nghiệp tư nhân; công ty trách nhiệm hữu hạn một thành viên; công ty trách nhiệm hữu hạn hai thành viên trở lên; công ty cổ phần; chi nhánh, văn phòng đại diện; tạm ngừng kinh doanh"),
    _f("H01.02", "G03-DT02", "Đầu tư tại Việt Nam", "chủ trương đầu tư; giấy chứng nhận đăng ký đầu tư; dự án đầu tư có vốn nước ngoài"),
    _f("H01.02", "G03-CS01", "Quản lý công sản", "phương án xử lý tài sản công; hóa đơn bán tài sản công; mã số đơn vị có quan hệ với ngân sách"),
    _f("H01.03", "G17-DD01", "Đất đai", "giấy chứng nhận quyền sử dụng đất; biến động quyền sử dụng đất; thế chấp quyền sử dụng đất; tách thửa, hợp thửa đất; chuyển mục đích sử dụng đất; quyền sử dụng đất của tổ chức"),
    _f("H01.03", "G17-MT01", "Môi trường", "giấy phép môi trường; báo cáo đánh giá tác động môi trường; phương án cải tạo, phục hồi môi trường"),
    _f("H01.03", "G17-TN01", "Tài nguyên nước", "giấy phép khai thác nước dưới đất; giấy phép khai thác nước mặt; giấy phép hành nghề khoan nước dưới đất"),
    _f("H01.03", "G17-TS01", "Thủy sản", "giấy chứng nhận đăng ký tàu cá; giấy phép khai thác thủy sản; giấy xác nhận nuôi trồng thủy sản lồng bè; chứng nhận nguồn gốc thủy sản"),
    _f("H01.03", "G17-BV01", "Bảo vệ thực vật", "giấy chứng nhận đủ điều kiện buôn bán thuốc bảo vệ thực vật; giấy chứng nhận đủ điều kiện buôn bán phân bón; mã số vùng trồng"),
    _f("H01.03", "G17-TY01", "Thú y", "chứng chỉ hành nghề thú y; giấy chứng nhận kiểm dịch động vật; cơ sở an toàn dịch bệnh động vật"),
    _f("H01.04", "G18-DS01", "Di sản văn hóa", "giấy phép khai quật khảo cổ; chứng chỉ hành nghề tu bổ di tích; di vật, cổ vật"),
    _f("H01.04", "G18-TT01", "Thể dục, thể thao", "giấy chứng nhận đủ điều kiện kinh doanh hoạt động thể thao; môn bơi, lặn; môn thể hình; câu lạc bộ thể thao"),
    _f("H01.04", "G18-BC01", "Báo chí, xuất bản", "giấy phép xuất bản tài liệu không kinh doanh; giấy phép hoạt động in; giấy phép bản tin"),
    _f("H01.04", "G18-QC01", "Quảng cáo", "sản phẩm quảng cáo trên bảng, băng-rôn; văn phòng đại diện quảng cáo nước ngoài"),
    _f("H01.05", "G07-KH01", "Hoạt động khoa học và công nghệ", "tổ chức khoa học và công nghệ; nhiệm vụ khoa học và công nghệ; doanh nghiệp khoa học và công nghệ"),
    _f("H01.05", "G07-TD01", "Tiêu chuẩn đo lường chất lượng", "công bố hợp chuẩn; công bố hợp quy; dấu định lượng trên nhãn hàng đóng gói sẵn"),
    _f("H01.05", "G07-BC02", "Bưu chính, viễn thông", "giấy phép bưu chính; hoạt động bưu chính; điểm cung cấp dịch vụ trò chơi điện tử công cộng"),
    _f("H01.06", "G02-LH01", "Lưu thông hàng hóa trong nước", "giấy phép bán buôn rượu; giấy phép bán lẻ thuốc lá; cửa hàng đủ điều kiện bán lẻ xăng dầu; giấy phép sản xuất rượu công nghiệp"),
    _f("H01.06", "G02-XT01", "Xúc tiến thương mại", "chương trình khuyến mại mang tính may rủi; hoạt động khuyến mại; hội chợ, triển lãm thương mại"),
    _f("H01.06", "G02-XK01", "Xuất nhập khẩu", "giấy chứng nhận xuất xứ hàng hóa mẫu D; giấy chứng nhận xuất xứ hàng hóa mẫu E; giấy chứng nhận xuất xứ hàng hóa mẫu B"),
    _f("H01.06", "G02-HC01", "Hóa chất", "giấy chứng nhận đủ điều kiện kinh doanh hóa chất; biện pháp phòng ngừa sự cố hóa chất"),
    _f("H01.06", "G02-DI01", "Điện", "giấy phép hoạt động phân phối điện; giấy phép hoạt động bán lẻ điện; thẻ an toàn điện"),
    _f("H01.07", "G21-TG01", "Tín ngưỡng, tôn giáo", "tổ chức tôn giáo trực thuộc; chức sắc, chức việc; sinh hoạt tôn giáo tập trung; người có uy tín trong đồng bào dân tộc thiểu số"),
    _f("H01.08", "G20-KN01", "Khiếu nại, tố cáo", "giải quyết khiếu nại lần hai tại cấp tỉnh; giải quyết tố cáo tại cấp tỉnh; tiếp công dân tại cấp tỉnh"),
    _f("H01.09", "G04-XD01", "Hoạt động xây dựng", "giấy phép xây dựng công trình cấp I, cấp II; chứng chỉ hành nghề hoạt động xây dựng hạng II, hạng III; chứng chỉ năng lực hoạt động xây dựng; thiết kế cơ sở; nghiệm thu công trình"),
    _f("H01.09", "G04-NO01", "Nhà ở", "nhà ở xã hội; nhà ở hình thành trong tương lai; chứng chỉ hành nghề môi giới bất động sản"),
    _f("H01.09", "G04-DB01", "Đường bộ", "giấy phép kinh doanh vận tải; phù hiệu xe ô tô kinh doanh vận tải; giấy phép liên vận; biển hiệu phương tiện vận tải khách du lịch"),
    _f("H01.09", "G04-DT01", "Đường thủy nội địa", "phương tiện thủy nội địa; chứng chỉ chuyên môn thuyền viên; hoạt động bến thủy nội địa"),
    _f("H01.10", "G19-KB01", "Khám bệnh, chữa bệnh", "giấy phép hành nghề khám bệnh, chữa bệnh; giấy phép hoạt động cơ sở khám bệnh, chữa bệnh; danh mục kỹ thuật"),
    _f("H01.10", "G19-DP01", "Dược phẩm", "chứng chỉ hành nghề dược; giấy chứng nhận đủ điều kiện kinh doanh dược; thực hành tốt cơ sở bán lẻ thuốc"),
    _f("H01.10", "G19-AT01", "An toàn thực phẩm và dinh dưỡng", "giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm; bản công bố sản phẩm; nội dung quảng cáo thực phẩm"),
    _f("H01.10", "G19-MP01", "Mỹ phẩm", "giấy chứng nhận đủ điều kiện sản xuất mỹ phẩm; phiếu công bố sản phẩm mỹ phẩm"),
    _f("H01.10", "G19-TB01", "Thiết bị y tế", "tiêu chuẩn áp dụng của thiết bị y tế loại A; đủ điều kiện mua bán thiết bị y tế loại B, C, D"),
    _f("H01.11", "G06-TH01", "Giáo dục trung học", "trường trung học phổ thông; chuyển trường đối với học sinh trung học phổ thông; trung tâm giáo dục thường xuyên"),
    _f("H01.11", "G06-VB01", "Văn bằng, chứng chỉ", "bản sao văn bằng, chứng chỉ từ sổ gốc; nội dung văn bằng, chứng chỉ; văn bằng do cơ sở nước ngoài cấp"),
    _f("H01.11", "G06-NN01", "Giáo dục nghề nghiệp", "giấy chứng nhận đăng ký hoạt động giáo dục nghề nghiệp; trường trung cấp tư thục; trung tâm ngoại ngữ, tin học"),
    _f("H01.12", "G15-LL01", "Quốc tịch", "quốc tịch Việt Nam; giấy xác nhận có quốc tịch Việt Nam; giấy xác nhận là người gốc Việt Nam"),
    _f("H01.12", "G15-CC01", "Công chứng", "văn phòng công chứng; thẻ công chứng viên; người tập sự hành nghề công chứng"),
    _f("H01.12", "G15-LS01", "Luật sư", "văn phòng luật sư; chi nhánh tổ chức hành nghề luật sư; công ty luật nước ngoài"),
    _f("H01.12", "G15-DG01", "Đấu giá tài sản", "doanh nghiệp đấu giá tài sản; thẻ đấu giá viên; hình thức đấu giá trực tuyến"),
    _f("H01.12", "G15-GD01", "Giám định tư pháp", "giám định viên tư pháp; văn phòng giám định tư pháp"),
    _f("H01.13", "G03-KK01", "Đầu tư vào khu kinh tế", "dự án đầu tư trong khu công nghiệp; nhà đầu tư trong khu kinh tế cửa khẩu; văn phòng điều hành của nhà đầu tư nước ngoài"),
    _f("H01.15", "G18-DL01", "Du lịch", "thẻ hướng dẫn viên du lịch; giấy phép kinh doanh dịch vụ lữ hành nội địa; hạng cơ sở lưu trú du lịch; cơ sở đạt tiêu chuẩn phục vụ khách du lịch"),
    _f("H01.16", "G03-PQ01", "Đầu tư vào khu kinh tế Phú Quốc", "dự án đầu tư tại khu kinh tế Phú Quốc; giấy phép xây dựng tại khu kinh tế Phú Quốc; đất giao lại tại khu kinh tế Phú Quốc"),
    _f("", "G15-TP05", "Chứng thực", "bản sao điện tử từ bản chính; di chúc; văn bản từ chối nhận di sản; chữ ký người dịch"),
    _f("", "G15-TP01", "Hộ tịch", "việc nhận cha, mẹ, con; việc giám hộ; thông tin hộ tịch; khai sinh có yếu tố nước ngoài; kết hôn có yếu tố nước ngoài; khai sinh lưu động"),
    _f("", "G17-DD02", "Đất đai cấp xã", "giấy chứng nhận quyền sử dụng đất lần đầu của hộ gia đình; đất giao cho cá nhân; tranh chấp đất đai; mục đích sử dụng đất của cá nhân"),
    _f("", "G19-BT01", "Bảo trợ xã hội", "trợ cấp hưu trí xã hội; giấy xác nhận khuyết tật; hỗ trợ chi phí mai táng; hộ nghèo, hộ cận nghèo; đối tượng bảo trợ xã hội khẩn cấp"),
    _f("", "G10-NC02", "Người có công cấp xã", "bảo hiểm y tế đối với người có công; thân nhân liệt sĩ; trợ cấp thờ cúng liệt sĩ"),
    _f("", "G03-HK01", "Hộ kinh doanh", "hoạt động hộ kinh doanh; nội dung đăng ký hộ kinh doanh; tổ hợp tác; hợp tác xã"),
    _f("", "G04-XD02", "Trật tự xây dựng cấp xã", "giấy phép xây dựng nhà ở riêng lẻ; giấy phép sửa chữa, cải tạo nhà ở; giấy phép di dời công trình"),
    _f("", "G06-MN01", "Giáo dục mầm non, tiểu học", "nhóm trẻ, lớp mẫu giáo độc lập tư thục; trường tiểu học tư thục; học sinh tiểu học chuyển trường"),
    _f("", "G18-VH02", "Văn hóa cơ sở", "gia đình văn hóa; lễ hội cấp xã; thư viện cộng đồng; câu lạc bộ thể thao cơ sở"),
    _f("", "G19-TE01", "Trẻ em", "hoạt động chăm sóc thay thế cho trẻ em; biện pháp bảo vệ khẩn cấp trẻ em"),
    _f("", "G17-NN02", "Nông nghiệp cấp xã", "hỗ trợ khôi phục sản xuất do thiên tai; kê khai chăn nuôi; chuyển đổi cơ cấu cây trồng trên đất lúa"),
    _f("", "G02-LH02", "Thương mại cấp xã", "giấy phép bán lẻ rượu; giấy phép sản xuất rượu thủ công; giấy chứng nhận đủ điều kiện bán lẻ khí hóa lỏng chai"),
    _f("", "G21-TG02", "Tôn giáo cấp xã", "hoạt động tín ngưỡng; danh mục hoạt động tôn giáo hằng năm; nhóm sinh hoạt tôn giáo tập trung"),
)  # fmt: skip


class Known(NamedTuple):
    """A procedure that communes handle every day: its share of all their dossiers, its limit and fee."""

    code: str
    field: str
    name: str
    share: float
    days: int
    fee: int


EVERYDAY: Final = (
    Known("2.000815", "G15-TP05", "Chứng thực bản sao từ bản chính giấy tờ, văn bản", 0.33, 1, 4000),
    Known("2.000884", "G15-TP05", "Chứng thực chữ ký trong các giấy tờ, văn bản", 0.085, 1, 10000),
    Known("2.001035", "G15-TP05", "Chứng thực hợp đồng, giao dịch liên quan đến tài sản", 0.035, 2, 50000),
    Known("2.000635", "G15-TP01", "Cấp bản sao trích lục hộ tịch", 0.062, 1, 8000),
    Known("1.001193", "G15-TP01", "Đăng ký khai sinh", 0.05, 1, 0),
    Known("1.000656", "G15-TP01", "Đăng ký khai tử", 0.02, 1, 0),
    Known("1.000894", "G15-TP01", "Đăng ký kết hôn", 0.018, 1, 0),
    Known("1.004873", "G15-TP01", "Cấp giấy xác nhận tình trạng hôn nhân", 0.045, 3, 0),
    Known("1.004859", "G15-TP01", "Thay đổi, cải chính, bổ sung thông tin hộ tịch", 0.012, 3, 0),
    Known("1.012753", "G17-DD02", "Đăng ký đất đai, tài sản gắn liền với đất lần đầu", 0.045, 20, 100000),
    Known("1.012817", "G17-DD02", "Xác nhận tiếp tục sử dụng đất nông nghiệp", 0.02, 7, 0),
    Known("1.012812", "G17-DD02", "Chuyển mục đích sử dụng đất của cá nhân", 0.022, 15, 100000),
    Known("1.001776", "G19-BT01", "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hằng tháng", 0.04, 10, 0),
    Known("1.001731", "G19-BT01", "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội", 0.012, 5, 0),
    Known("1.010833", "G10-NC02", "Cấp giấy xác nhận thân nhân của người có công", 0.018, 5, 0),
    Known("1.001612", "G03-HK01", "Đăng ký thành lập hộ kinh doanh", 0.034, 3, 100000),
    Known("2.000720", "G03-HK01", "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh", 0.016, 3, 0),
    Known("1.009994", "G04-XD02", "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ", 0.02, 15, 75000),
)
