"""Files as people send them: encodings, delimiters, sheets, and what must not harm."""

import zipfile
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter, process_time

import pytest
from openpyxl import Workbook

from domain.importing.columns import MOST_COLUMNS
from domain.importing.table import Unreadable
from store import import_xlsx
from store.import_csv import encoding_of
from store.import_files import ImportFiles, Table, read_table
from store.import_xlsx import MAX_CELL
from tests.importing import HEADINGS, YUANHANG, csv_of, xlsx_of

MANY = 1_000


def table(folder: Path, content: bytes, max_rows: int = MANY) -> Table:
    """A file's content as a table."""
    path = folder / "file"
    path.write_bytes(content)
    return read_table(path, max_rows)


def cells(folder: Path, content: bytes, max_rows: int = MANY) -> list[list[str]]:
    """The rows of a file, without their numbers."""
    return [list(line.cells) for line in table(folder, content, max_rows).lines]


def refused(folder: Path, content: bytes, max_rows: int = MANY) -> str:
    """Why a file cannot be read."""
    with pytest.raises(Unreadable) as error:
        cells(folder, content, max_rows)
    return error.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    found = table(tmp_path, csv_of([YUANHANG], encoding=encoding))
    assert tuple(found.headings) == HEADINGS
    assert [tuple(line.cells) for line in found.lines] == [YUANHANG]


def test_gbk_is_known_though_its_first_megabytes_are_plain(tmp_path: Path) -> None:
    plain = b"company,person\r\n" + b"Acme Ltd,John\r\n" * 100_000
    (tmp_path / "file").write_bytes(plain + "远航,王小明\r\n".encode("gbk"))
    assert encoding_of(tmp_path / "file") == "gb18030"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    content = f"公司名称{delimiter}手机号\n远航, 深圳; 有限公司{delimiter}13800138000\n西溪{delimiter}13900139000\n"
    if delimiter in ",;":
        content = (
            f'公司名称{delimiter}手机号\n"远航, 深圳; 有限公司"{delimiter}13800138000\n西溪{delimiter}13900139000\n'
        )
    assert cells(tmp_path, content.encode()) == [["远航, 深圳; 有限公司", "13800138000"], ["西溪", "13900139000"]]


def test_quotes_and_line_breaks_in_cells_keep_the_lines_numbers(tmp_path: Path) -> None:
    content = '公司名称,地址\r\n"远航 ""深圳""","科技园\r\n1号"\r\n西溪,x\r\n'
    found = [(line.number, list(line.cells)) for line in table(tmp_path, content.encode()).lines]
    assert found == [(2, ['远航 "深圳"', "科技园\r\n1号"]), (4, ["西溪", "x"])]


def test_a_title_above_the_headings_is_passed_over(tmp_path: Path) -> None:
    found = table(tmp_path, "2026年客户名单,,\n,,\n公司名称,手机号,邮箱\n远航,13800138000,\n".encode())
    assert found.headings == ["公司名称", "手机号", "邮箱"]
    assert [line.number for line in found.lines] == [4]


def test_columns_have_a_name_each(tmp_path: Path) -> None:
    found = table(tmp_path, "公司名称,,电话,电话\nA,B,C,D\n".encode())
    assert found.headings == ["公司名称", "#2", "电话", "电话 (2)"]


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    found = table(tmp_path, xlsx_of([YUANHANG]))
    assert tuple(found.headings) == HEADINGS
    ((number, read),) = [(line.number, line.cells) for line in found.lines]
    assert number == 2 and tuple(read)[:4] == YUANHANG[:4]


def test_numbers_in_a_workbook_stay_what_a_person_reads(tmp_path: Path) -> None:
    assert cells(
        tmp_path, xlsx_of([["远航", 13800138000, 13900139000.0, 1.5, True]], ["公司名称", "手机", "电话", "a", "b"])
    ) == [["远航", "13800138000", "13900139000", "1.5", "True"]]


def test_a_formula_is_its_text_and_is_not_computed(tmp_path: Path) -> None:
    assert cells(tmp_path, xlsx_of([["=1+1", '=HYPERLINK("http://x")']], ["公司名称", "网站"])) == [
        ["=1+1", '=HYPERLINK("http://x")']
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b" , ,\n", xlsx_of([], [])])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content) == "file_empty"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel", "old_excel"),
        (b"PK\x03\x04 no archive", "sheet_broken"),
        (b"\xff\xd8\xff\xe0\x81\x30 a picture \xff", "encoding_unknown"),
        ('公司名称,地址\n远航,"'.encode() + b"x" * 200_000, "cell_too_large"),
        (b",".join(b"a" for _ in range(MOST_COLUMNS + 1)) + b"\n", "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(tmp_path, content) == code


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_more_rows_than_allowed_are_refused(tmp_path: Path, make: object) -> None:
    assert callable(make)
    assert len(cells(tmp_path, make([YUANHANG] * 300), max_rows=300)) == 300
    assert refused(tmp_path, make([YUANHANG] * 301), max_rows=300) == "too_many_rows"


def bomb(size: int, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook with one part of that many zeros, which pack to a thousandth."""
    file = BytesIO(xlsx_of([YUANHANG]))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"x/{part}", "w", force_zip64=True) as entry,
    ):
        for _ in range(size // 2**20):
            entry.write(bytes(2**20))
    return file.getvalue()


@pytest.mark.parametrize("part", ["xl/media/image1.png", "xl/sharedStrings.xml"])
def test_a_zip_bomb_is_refused_without_unpacking_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(import_xlsx, "MAX_UNPACKED", 50 * 2**20)
    monkeypatch.setattr(import_xlsx, "MAX_TEXTS", 20 * 2**20)
    content = bomb(60 * 2**20, part)
    assert len(content) < 2**20
    began = perf_counter()
    assert refused(tmp_path, content) == "sheet_too_large"
    assert perf_counter() - began < 1


def sheet(edit: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of one row, one part of which somebody wrote by hand."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx_of([YUANHANG]))) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == part else old.read(name))
    return file.getvalue()


def with_row(row: bytes, doctype: bytes = b"") -> Callable[[bytes], bytes]:
    """Puts another row into a sheet, and declarations before it."""

    def edit(content: bytes) -> bytes:
        whole = content.partition(b"?>")[2] if content.startswith(b"<?xml") else content
        return b'<?xml version="1.0"?>' + doctype + whole.replace(b"</sheetData>", row + b"</sheetData>")

    return edit


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
LAUGHS += b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9)) + b"]>"
QUADRATIC = b'<!DOCTYPE l [<!ENTITY a "' + b"a" * 50_000 + b'">]>'
FILE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
TEXT = b'<row r="3"><c r="A3" t="str"><v>%s</v></c></row>'


@pytest.mark.parametrize(
    "content",
    [
        sheet(with_row(TEXT % b"&j;", LAUGHS)),
        sheet(with_row(TEXT % (b"&a;" * 20_000), QUADRATIC)),
        sheet(with_row(TEXT % b"&a;", FILE)),
        sheet(with_row(b'<row r="3"><c r="!!" t="str"><v>x</v></c></row>')),
        sheet(with_row(b'<row r="3"><c r="A3" t="s"><v>999999</v></c></row>')),
        sheet(with_row(b'<row r="3"><c r="A3" t="d"><v>99999-13-45</v></c></row>')),
    ],
    ids=["laughs", "quadratic", "a file of ours", "no place", "no text", "no date"],
)
def test_hostile_xml_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    began = process_time()
    assert refused(tmp_path, content) == "sheet_broken"
    assert process_time() - began < 5


def test_tags_in_each_other_without_end_do_no_harm(tmp_path: Path) -> None:
    deep = sheet(with_row(b"<a>" * 100_000 + b"</a>" * 100_000))
    assert len(cells(tmp_path, deep)) == 1


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    content = sheet(with_row(TEXT % (b"x" * (MAX_CELL + 1))))
    assert len(content) < 2**16
    assert refused(tmp_path, content) == "cell_too_large"


def test_an_archive_that_lies_about_its_size_is_broken(tmp_path: Path) -> None:
    content = bytearray(sheet(with_row(TEXT % (b"x" * 2**24))))
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    content[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    assert refused(tmp_path, bytes(content)) == "sheet_broken"


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_ten_thousand_columns_are_refused(tmp_path: Path, make: Callable[..., bytes]) -> None:
    content = make([["x"] * 10_000], [f"h{at}" for at in range(10_000)])
    assert refused(tmp_path, content) == "too_many_columns"


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_headings_alone_are_a_table_without_rows(tmp_path: Path, make: Callable[..., bytes]) -> None:
    assert cells(tmp_path, make([])) == []


def test_a_row_that_says_it_is_the_last_of_very_many_costs_no_time(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["公司名称"])
    sheet.cell(row=1_048_576, column=1, value="远航")
    file = BytesIO()
    book.save(file)
    began = perf_counter()
    assert cells(tmp_path, file.getvalue(), max_rows=50) == [["远航"]]
    assert perf_counter() - began < 20


async def _pieces(*pieces: bytes, error: Exception | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if error:
        raise error


async def test_a_file_is_kept_once_under_what_it_contains(tmp_path: Path) -> None:
    files = ImportFiles(tmp_path / "imports")
    first, again = await files.keep(_pieces(b"ab", b"c")), await files.keep(_pieces(b"abc"))
    assert first == again and first.size == 3
    assert files.path(first.digest).read_bytes() == b"abc"
    assert [path.name for path in (tmp_path / "imports").iterdir()] == [first.digest]
    assert files.path(first.digest).stat().st_mode & 0o777 == 0o600


async def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        await ImportFiles(tmp_path).keep(_pieces(b"abc", error=ConnectionError()))
    assert list(tmp_path.iterdir()) == []
