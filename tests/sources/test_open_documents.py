"""OpenDocument, RTF and FictionBook: what is text, what is a heading, what is hidden, and what is refused."""

import contextlib
import random
import time

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.sources import rich_text as rich_text_format
from cardgen_desktop.sources.registry import read_bytes
from tests.support.document_files import zipped
from tests.support.opendocument_files import fiction_book, flat_document, open_document, rich_text, text_body


def headings(source: SourceText) -> list[tuple[int, str]]:
    for heading in source.headings:
        assert " ".join(source.text[heading.start : heading.end].split()) == heading.title
    return [(heading.level, heading.title) for heading in source.headings]


def asides(source: SourceText) -> list[tuple[str, str]]:
    return [(aside.kind, source.text[aside.start : aside.end]) for aside in source.asides]


def odt(content: str) -> SourceText:
    return read_bytes(open_document(text_body(content)), "x.odt")


def rtf(body: str) -> SourceText:
    return read_bytes(rich_text(body), "x.rtf")


def fb2(bodies: str) -> SourceText:
    return read_bytes(fiction_book(bodies), "x.fb2")


STORY = (
    '<text:p text:style-name="Title">The Lamp</text:p><text:p text:style-name="Subtitle">A story</text:p>'
    '<text:h text:outline-level="1">Chapter<text:line-break/>One</text:h>'
    "<text:p>Mara<text:s text:c='3'/>lit\n   the <text:span>la<text:soft-page-break/>mp</text:span>.</text:p>"
    '<text:p text:style-name="P1">Night</text:p><text:p>a<text:tab/>b</text:p>'
    '<text:h text:outline-level="4">Small</text:h>'
)


@pytest.mark.parametrize("data", [open_document(text_body(STORY)), flat_document(text_body(STORY))])
def test_odt_headings_and_spaces(data: bytes) -> None:
    source = read_bytes(data, "x.odt")
    assert source.text == (
        "The Lamp\n\nA story\n\nChapter\nOne\n\nMara lit the lamp.\n\nNight\n\na\tb\n\nSmall"
    )
    assert headings(source) == [(1, "The Lamp"), (1, "Chapter One"), (2, "Night")]
    assert (source.kind, source.title, source.language) == ("odt", "The Lamp", "de")
    assert source.warnings == ()


def test_odt_leaves_out_what_is_not_shown() -> None:
    source = odt(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Gone.</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>One<office:annotation><text:p>Remark</text:p></office:annotation><text:change/> "
        '<text:span text:style-name="T1">hidden </text:span>two<?x y?> three.</text:p>'
        '<text:section text:display="none"><text:p>No.</text:p></text:section>'
        '<text:p><text:hidden-paragraph text:is-hidden="true"/>Nor this.</text:p>'
        "<text:p><text:ruby><text:ruby-base>base</text:ruby-base><text:ruby-text>r</text:ruby-text>"
        "</text:ruby></text:p>"
    )
    assert source.text == "One two three.\n\nbase"


def test_odt_notes_frames_lists_and_contents() -> None:
    source = odt(
        "<text:table-of-content><text:table-of-content-source><text:p>No</text:p>"
        "</text:table-of-content-source><text:index-body><text:p>One 1</text:p><text:p>Two 9</text:p>"
        "</text:index-body></text:table-of-content>"
        "<text:p>Lamp<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>A note.</text:p></text:note-body></text:note> and <draw:frame><draw:text-box>"
        "<text:p>Boxed.</text:p></draw:text-box></draw:frame>boat.</text:p>"
        "<text:list><text:list-item><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
    )
    assert source.text == "One 1\nTwo 9\n\nLamp and boat.\n\nBoxed.\n\na\n\nb\n\nA note."
    assert asides(source) == [("contents", "One 1\nTwo 9"), ("notes", "A note.")]


def test_odt_tables() -> None:
    def row(*cells: str) -> str:
        inside = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        return f"<table:table-row>{inside}</table:table-row>"

    one, two = "<text:p>One.</text:p>", "<text:p>Two.</text:p>"
    source = odt(
        f"<table:table><table:table-header-rows>{row(one, two)}</table:table-header-rows>{row(two, '')}"
        f"</table:table><text:p>b</text:p><table:table>{row(one + two)}</table:table>"
    )
    assert source.text == "One.\tTwo.\nTwo.\n\nb\n\nOne.\n\nTwo."


LOCKED = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (open_document(text_body(""), manifest=LOCKED), "is locked with a password"),
        (zipped({"encrypted-package": b"x"}), "is locked with a password"),
        (open_document("<office:body><office:spreadsheet/></office:body>"), "is an OpenDocument spreadsheet"),
        (open_document("<office:body><office:presentation/></office:body>"), "an OpenDocument presentation"),
        (flat_document("<office:body><office:spreadsheet/></office:body>"), "is an OpenDocument spreadsheet"),
        (open_document("<office:body/>"), "is damaged: it has no body text"),
        (fiction_book(""), "is damaged: it has no body text"),
        (b"{\\rtf1 " + b"{" * 5_000, "is nested too deeply"),
    ],
)
def test_what_holds_no_text_for_us_is_refused_by_name(data: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_bytes(data, "x.odt")


def test_rtf_headings_notes_and_what_is_hidden() -> None:
    source = rtf(
        r"\pard\s9 The Lamp\par\pard\s1\outlinelevel0 Chapter\line One\par"
        r"\pard\plain Mara {\v hid}lit {\deleted gone}the lamp{\*\unknown no}.{\footnote A note\par more}\par"
        r"\pard\s2 Night\par\pard\outlinelevel9 Plain{\field{\*\fldinst HYPERLINK x}{\fldrslt  link}}\par"
        r"\pard\s10 Deep\par\pard{\pict\pngblip 0aff}{\pict\bin4 }}{{}x{\listtext 1.\tab}{\shp{\*\shpinst"
        r"{\sp{\sn a}{\sv b}}{\shptxt Boxed.\par}}{\shprslt Boxed.}} end\par"
    )
    assert source.text == (
        "The Lamp\n\nChapter\nOne\n\nMara lit the lamp.\n\nNight\n\nPlain link\n\nDeep\n\nx end\n\nBoxed.\n\n"
        "A note\nmore"
    )
    assert headings(source) == [(1, "The Lamp"), (1, "Chapter One"), (2, "Night"), (3, "Deep")]
    assert asides(source) == [("notes", "A note\nmore")]
    assert (source.kind, source.title, source.warnings) == ("rtf", "The Lamp – a story", ())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"{\f1\'cb\'e0\'ec\'ef\'e0}, lamp\'85", "Лампа, lamp…"),
        (r"{\f2\'83\'89\'83\'93\'83v}", "ランプ"),
        (r"\u1051?\u1072?\u1084?\u1087?\u1072?!", "Лампа!"),
        (r"{\uc0\u1051\u1072}?{\uc2\u1084??}{\uc1\u8212\'97}x\u-10179?\u-8704?", "Ла?м—x😀"),
        (r"\ldblquote A\rdblquote\~b\_c\endash\{d\}\-e", "“A”\xa0b‑c–{d}e"),
        (r"one\line two\tab three", "one\ntwo\tthree"),
        (r"\uc99999999 \u65? \bin99999999999999 rest", "A"),
        (r"\'81{\f99 \'e9}\u\f\fcharset", "\x81é".replace("\x81", "\ufffd")),
    ],
)
def test_rtf_letters(written: str, read: str) -> None:
    assert rtf(rf"\pard {written}\par").text == read


def test_rtf_tables() -> None:
    row = r"\trowd\cellx1\intbl Name\cell Age\cell\row"
    source = rtf(
        rf"a\par{row}\trowd\intbl Mara\cell 31\cell\row\pard b\par\intbl One.\par Two.\cell\row\pard c"
    )
    assert source.text == "a\n\nName\tAge\nMara\t31\n\nb\n\nOne.\n\nTwo.\n\nc"


def test_rtf_that_is_cut_off_is_read_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    source = read_bytes(rich_text(r"One.\par Two")[:-1], "x.rtf")
    assert source.text == "One.\n\nTwo"
    assert [warning.code for warning in source.warnings] == ["truncated"]
    monkeypatch.setattr(rich_text_format, "MAX_TOKENS", 1_000)
    with pytest.raises(SourceError, match="far more formatting than text"):
        rtf(r"\b" * 2_000)


@pytest.mark.parametrize(
    "piece", [rb"{\field{\*\fldinst{ x ", rb"{\fonttbl \f1 ", rb"{\pict\bin1 x", rb"\u1?\'e9{}", rb"\x\cell "]
)
def test_rtf_made_to_hurt_takes_time_by_its_length(piece: bytes) -> None:
    begin = time.perf_counter()
    with contextlib.suppress(SourceError):
        read_bytes(b"{\\rtf1 " + piece * 20_000, "x.rtf")
    assert time.perf_counter() - begin < 30  # what searches again from each place takes minutes


BODIES = (
    "<body><title><p>Author</p><p>The Lamp</p></title><epigraph><p>Light.</p></epigraph>"
    "<section><title><p>Part 1</p></title><section><title><p>Chapter 1</p><empty-line/><p>Night</p></title>"
    '<p>Мара <emphasis>за</emphasis>жгла лампу<a l:href="#n1" type="note">[1]</a>.</p><empty-line/>'
    "<poem><stanza><v>One</v><v>Two</v></stanza></poem><subtitle>* * *</subtitle>"
    "<table><tr><th>Name</th><td>Age</td></tr><tr><td>Mara</td><td>31</td></tr></table>"
    "<cite><p>Cited.</p></cite></section></section></body>"
    '<body name="notes"><title><p>Notes</p></title><section id="n1"><title><p>1</p></title><p>A note.</p>'
    "</section></body>"
)


def test_fictionbook_sections_verse_and_notes() -> None:
    source = fb2(BODIES)
    assert source.text == (
        "Author\nThe Lamp\n\nLight.\n\nPart 1\n\nChapter 1\nNight\n\nМара зажгла лампу.\n\nOne\nTwo\n\n"
        "* * *\n\nName\tAge\nMara\t31\n\nCited.\n\nNotes\n\n1\nA note."
    )
    assert headings(source) == [(1, "Author The Lamp"), (1, "Part 1"), (2, "Chapter 1 Night")]
    assert asides(source) == [("notes", "Notes"), ("notes", "1\nA note.")]
    assert (source.kind, source.title, source.warnings) == ("fictionbook", "The Lamp", ())


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-16", "utf-8-sig"])
def test_fictionbook_in_the_encoding_it_declares(encoding: str) -> None:
    source = read_bytes(
        fiction_book("<body><p>Лампа горела.</p></body>", encoding=encoding, declared=encoding[:12]), "x.fb2"
    )
    assert (source.text, source.warnings) == ("Лампа горела.", ())


def test_fictionbook_packed_alone() -> None:
    book = fiction_book(BODIES)
    assert read_bytes(zipped({"x.fb2": book}), "x.fb2.zip").text == fb2(BODIES).text
    with pytest.raises(SourceError, match="is a packed archive"):
        read_bytes(zipped({"x.fb2": book, "y.fb2": book}), "x.zip")


def test_no_entity_is_expanded() -> None:
    entity = '<!DOCTYPE FictionBook [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY a "boom">]>'
    book = fiction_book("<body><p>x&e;&a;y</p></body>").replace(
        b"<FictionBook", entity.encode() + b"<FictionBook"
    )
    with contextlib.suppress(SourceError):
        assert read_bytes(book, "x.fb2").text == "xy"


@pytest.mark.parametrize(
    ("data", "kind", "honest"),
    [
        (open_document(text_body("<text:p>a</text:p>")), "odt", "odt"),
        (flat_document(text_body("<text:p>a</text:p>")), "odt", "fodt"),
        (rich_text("a"), "rtf", "rtf"),
        (fiction_book("<body><p>a</p></body>"), "fictionbook", "fb2"),
    ],
)
def test_content_wins_over_a_lying_suffix(data: bytes, kind: str, honest: str) -> None:
    source = read_bytes(data, f"x.{honest}")
    assert (source.kind, source.text, source.warnings) == (kind, "a", ())
    source = read_bytes(data, "x.txt" if honest == "docx" else "x.docx")
    assert (source.kind, [w.code for w in source.warnings]) == (kind, ["suffix_mismatch"])


@pytest.mark.parametrize("suffix", ["odt", "fodt", "rtf", "fb2"])
def test_damaged_files_raise_nothing_but_source_errors(suffix: str) -> None:
    whole = {
        "odt": open_document(text_body(STORY * 20)),
        "fodt": flat_document(text_body(STORY * 20)),
        "rtf": rich_text(r"\pard\s1 One\par{\f1\'cb\u1072?}{\footnote x}\intbl a\cell\row\pard b\par" * 30),
        "fb2": fiction_book(BODIES * 5),
    }[suffix]
    chance = random.Random(11)
    for _ in range(120):
        data = bytearray(whole)
        for _ in range(chance.choice((0, 1, 8, 64))):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        damaged = bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))])
        with contextlib.suppress(SourceError):
            source = read_bytes(damaged, f"x.{suffix}")
            spans = [(item.start, item.end) for item in (*source.headings, *source.asides)]
            assert all(0 <= start < end <= len(source.text) for start, end in spans)
