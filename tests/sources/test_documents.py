"""HTML, EPUB, Word and PDF: paragraphs, headings, tables and what is said about what could not be read."""

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.sources import markup
from cardgen_desktop.sources.registry import read_bytes
from tests.support.document_files import Line, W, book, page, printed, word_document, word_paragraph, zipped


def html(body: str, name: str = "x.html", head: str = "") -> SourceText:
    return read_bytes(
        f"<!DOCTYPE html><html lang=fr><head>{head}</head><body>{body}</body></html>".encode(), name
    )


def headings(source: SourceText) -> list[tuple[int, str]]:
    for heading in source.headings:
        assert " ".join(source.text[heading.start : heading.end].split()) == heading.title
    return [(heading.level, heading.title) for heading in source.headings]


def asides(source: SourceText) -> list[tuple[str, str]]:
    return [(aside.kind, source.text[aside.start : aside.end]) for aside in source.asides]


def test_html_paragraphs_lines_and_entities() -> None:
    source = html(
        "<p>Mara&nbsp;lit\n the <i>la</i>mp &amp; wait&shy;ed.<p>Rain.<br>Wind.<br><br>Night.<!-- x -->"
        "<div>End<div>of</div>it</div>"
        "<ul><li>one<li><p>two</p></ul><blockquote>Old <q>song</q></blockquote><img alt=O>nce"
    )
    assert source.text == (
        "Mara\u00a0lit the lamp & waited.\n\nRain.\nWind.\n\nNight.\n\nEnd\n\nof\n\nit\n\n"
        "one\ntwo\n\nOld “song”\n\nOnce"
    )
    assert source.language == "fr"


def test_html_drops_what_is_no_story_and_loses_nothing_else() -> None:
    source = html(
        "<nav><a href=/>Home</a></nav><header><a href=/a>Shop</a> <a href=/b>Cart</a></header>"
        "<header><h1>The Lamp</h1></header>"
        "<script>let x = '<p>';</script><style>p{}</style><template><p>t</p></template><noscript>n</noscript>"
        "<main><p>Story <span hidden>hidden</span> text<sup>1</sup></p></main>"
        "<footer><a href=/c>Imprint of the shop</a> ©</footer><footer>Written by night.</footer>",
        head="<title>The Lamp | Project Gutenberg</title>",
    )
    assert source.text == "The Lamp\n\nStory hidden text1\n\nWritten by night."
    assert source.title == "The Lamp"


def test_html_headings_and_tables() -> None:
    source = html(
        "<h2>Chapter I<br>The Lamp</h2><p>a</p><h3></h3><h3>Night</h3><h4>Small</h4>"
        "<table><tr><th>Name<th>Age<tr><td><p>Mara</p></td><td>31</table><p>b</p>"
    )
    assert headings(source) == [(1, "Chapter I The Lamp"), (2, "Night")]
    assert source.text.endswith("Small\n\nName\tAge\nMara\t31\n\nb")


def test_html_layout_tables_keep_their_paragraphs() -> None:
    assert html("<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>").text == "One.\n\nTwo."


def test_html_preformatted_text_keeps_its_lines() -> None:
    assert (
        html("<pre>\n  The  lamp\n\n\n    burns\n</pre><p>a   b</p>").text
        == "  The  lamp\n\n    burns\n\na b"
    )


def test_html_page_numbers_follow_the_paragraph_they_interrupt() -> None:
    source = html('<p>The lamp <span class="pagenum">[Pg 12]</span> burned.</p><p>Rain.</p>')
    assert source.text == "The lamp burned.\n\n[Pg 12]\n\nRain."
    assert asides(source) == [("page_number", "[Pg 12]")]


def test_xhtml_elements_may_close_themselves() -> None:
    source = read_bytes(page('<a id="x"/><script src="y"/><p>The lamp<i/> burned.</p>').encode(), "x.xhtml")
    assert source.text == "The lamp burned."


def test_html_in_the_charset_it_declares() -> None:
    data = '<html><head><meta charset="koi8-r"></head><p>Лампа горела всю ночь.</p>'.encode("koi8-r")
    source = read_bytes(data, "x.html")
    assert (source.text, source.warnings) == ("Лампа горела всю ночь.", ())


def test_html_nested_to_hurt_is_refused_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="nested too deeply"):
        html("<div>" * 60_000)
    assert html("<p><a name=x>one<li>two" * 20_000).words == 40_000
    monkeypatch.setattr(markup, "MAX_DEPTH", 100_000)
    assert html("<b>" * 3_000 + "deep").text == "deep"


CHAPTERS = {
    "text/b.xhtml": page("<h1>Two</h1><p>The boat came.</p>"),
    "text/a.xhtml": page("<h1>One</h1><p>The lamp burned.</p>"),
    "text/c%20d.xhtml": page(
        '<p class="h">THREE</p><p>Rain fell.</p><p id="four">Four: The End</p><p>It stopped.</p>'
    ),
}
ORDER = ["text/a.xhtml", "text/b.xhtml", "text/c%20d.xhtml"]
CONTENTS = [
    ("One", "text/a.xhtml"),
    ("Two", "text/b.xhtml"),
    ("Three", "text/c%20d.xhtml"),
    ("Four: The End", "text/c%20d.xhtml#four"),
    ("Nowhere", "text/z.xhtml"),
]


def stored(pages: dict[str, str]) -> dict[str, str]:
    """References are percent-encoded, names in the archive are not."""
    return {f"OEBPS/{name.replace('%20', ' ')}": content for name, content in pages.items()}


def test_epub_follows_the_spine_and_its_contents() -> None:
    source = read_bytes(book(CHAPTERS, spine=ORDER, contents=CONTENTS, extra=stored(CHAPTERS)), "x.epub")
    assert source.text == (
        "One\n\nThe lamp burned.\n\nTwo\n\nThe boat came.\n\n"
        "THREE\n\nRain fell.\n\nFour: The End\n\nIt stopped."
    )
    assert [heading.title for heading in source.headings] == ["One", "Two", "Three", "Four: The End"]
    assert source.text[source.headings[2].start : source.headings[2].end] == "THREE"
    assert (source.title, source.language, source.warnings) == ("The Lamp", "en", ())


@pytest.mark.parametrize("container", [None, "<container/>", "<broken"])
def test_epub_without_a_container_is_found_by_its_package(container: str | None) -> None:
    data = book({"a.xhtml": page("<p>The lamp.</p>")}, container=container)
    if container == "<broken":
        with pytest.raises(SourceError, match="one of its parts is not readable"):
            read_bytes(data, "x.epub")
    else:
        source = read_bytes(data, "x.epub")
        assert (source.text, [w.code for w in source.warnings]) == ("The lamp.", ["no_container"])


def test_epub_tells_of_missing_chapters_and_needs_one() -> None:
    pages = {"a.xhtml": page("<p>The lamp.</p>"), "b.xhtml": page("<p>b</p>")}
    entries = {name: content for name, content in pages.items() if name != "b.xhtml"}
    broken = book(pages).replace(b"OEBPS/b.xhtml", b"OEBPS/q.xhtml")
    source = read_bytes(broken, "x.epub")
    assert source.text == "The lamp."
    assert [(w.code, w.message) for w in source.warnings] == [
        ("truncated", '"x.epub" lacks 1 of its 2 parts. The others were read.')
    ]
    with pytest.raises(SourceError, match=r'"x\.epub" is damaged'):
        read_bytes(book(entries).replace(b"OEBPS/a.xhtml", b"OEBPS/q.xhtml"), "x.epub")
    with pytest.raises(SourceError, match="without a package file"):
        read_bytes(zipped({"META-INF/container.xml": "<container/>"}), "x.epub")


def test_epub_locked_by_its_shop_is_refused_but_scrambled_fonts_are_not() -> None:
    def encrypted(algorithm: str, uri: str) -> dict[str, str]:
        reference = f'<CipherData><CipherReference URI="{uri}"/></CipherData>'
        data = f'<EncryptedData><EncryptionMethod Algorithm="{algorithm}"/>{reference}</EncryptedData>'
        return {"META-INF/encryption.xml": f"<encryption>{data}</encryption>"}

    pages = {"a.xhtml": page("<p>The lamp.</p>")}
    shop = encrypted("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/a.xhtml")
    with pytest.raises(SourceError, match="locked by its bookshop"):
        read_bytes(book(pages, extra=shop), "x.epub")
    fonts = encrypted("http://www.idpf.org/2008/embedding", "OEBPS/a.otf")
    assert read_bytes(book(pages, extra=fonts), "x.epub").text == "The lamp."


def test_word_paragraphs_headings_and_title() -> None:
    body = (
        word_paragraph("The Keeper", "Title")
        + word_paragraph("Chapter One", "Heading1")
        + "<w:p><w:r><w:t>The</w:t><w:tab/><w:t>lamp</w:t><w:br/><w:t>burned.</w:t></w:r></w:p>"
        + word_paragraph("Zweites", "Kapitel")
        + "<w:p><w:pPr><w:outlineLvl w:val='1'/></w:pPr><w:r><w:t>Night</w:t></w:r></w:p>"
    )
    source = read_bytes(word_document(body), "x.docx")
    assert source.text == "The Keeper\n\nChapter One\n\nThe\tlamp\nburned.\n\nZweites\n\nNight"
    assert headings(source) == [(1, "The Keeper"), (1, "Chapter One"), (1, "Zweites"), (2, "Night")]
    assert source.title == "The Keeper"


def test_word_shows_what_a_reader_sees() -> None:
    body = (
        "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
        "<w:hyperlink><w:r><w:t xml:space='preserve'> link</w:t></w:r></w:hyperlink>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert read_bytes(word_document(body), "x.docx").text == "new link\n\ncontrol"


def test_word_tables_and_notes() -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    name, age = word_paragraph("Mara"), word_paragraph("31")
    table = f"<w:tbl>{row(name, age)}{row(name, age)}</w:tbl>"
    layout = f"<w:tbl>{row(name + age)}</w:tbl>"
    separator = f'<w:footnote w:type="separator">{name}</w:footnote>'
    notes = f'<w:footnotes xmlns:w="{W}">{separator}<w:footnote>{age}</w:footnote></w:footnotes>'
    source = read_bytes(word_document(table + layout, footnotes=notes), "x.docx")
    assert source.text == "Mara\t31\nMara\t31\n\nMara\n\n31\n\n31"
    assert asides(source) == [("notes", "31")]


def test_word_main_part_by_another_name() -> None:
    relation = '<Relationship Type="http://x/officeDocument" Target="word/document2.xml"/>'
    relations = f"<Relationships>{relation}</Relationships>"
    document = f'<w:document xmlns:w="{W}"><w:body>{word_paragraph("The lamp.")}</w:body></w:document>'
    data = zipped({"_rels/.rels": relations, "word/document2.xml": document})
    assert read_bytes(data, "x.docx").text == "The lamp."
    with pytest.raises(SourceError, match="its text is missing"):
        read_bytes(zipped({"word/document9.xml": "<a/>"}), "x.docx")
    with pytest.raises(SourceError, match="it has no body text"):
        read_bytes(zipped({"word/document.xml": "<a/>"}), "x.docx")


FULL = "The lamp on the rock burned all night long and nobody in the house had slept at all"


def lines(*texts: str, top: int = 700, x: int = 72, size: int = 12) -> list[Line]:
    return [(x, top - 14 * index, size, text) for index, text in enumerate(texts)]


def test_pdf_lines_become_paragraphs() -> None:
    body = [
        *lines(FULL, "until morning.", top=700),
        *lines("Rain came.", top=650),  # a gap
        (90, 636, 12, "Indented lines open"),  # an indent
        *lines("a paragraph.", top=622),
    ]
    source = read_bytes(printed([body], title="The Lamp, by Mara Holt"), "x.pdf")
    assert source.text == f"{FULL} until morning.\n\nRain came.\n\nIndented lines open\na paragraph."
    assert source.title == "The Lamp"


def test_pdf_hyphens_are_joined_only_where_the_word_is_whole() -> None:
    body = lines(f"{FULL} and the light-", f"house {FULL} a well-", f"known one, and a well-known {FULL}")
    text = read_bytes(printed([body]), "x.pdf").text
    assert "the lighthouse The" in text
    assert "a well-known one" in text


def test_pdf_page_furniture_follows_the_paragraph_it_interrupts() -> None:
    page_words = [[f"{first}{second}" for second in "abcde"] for first in "vwxyz"]
    pages = [
        [
            *lines("THE LAMP", top=800),
            *lines(*(f"{FULL} {word}" for word in words)),
            (290, 40, 12, str(number)),
        ]
        for number, words in enumerate(page_words, 7)
    ]
    source = read_bytes(printed(pages), "x.pdf")
    paragraph = " ".join(f"{FULL} {word}" for words in page_words for word in words)
    assert source.text.startswith("THE LAMP\n\n" + paragraph)
    kinds = [kind for kind, _ in asides(source)]
    assert kinds.count("page_number") == 5
    assert kinds.count("running_head") == 5


def test_pdf_large_lines_are_headings_where_no_word_says_so() -> None:
    pages = [[*lines(title, size=20), *lines(*[FULL] * 6, top=660)] for title in ("The Lamp", "The Boat")]
    assert headings(read_bytes(printed(pages), "x.pdf")) == [(1, "The Lamp"), (1, "The Boat")]


def test_pdf_without_text_says_what_its_pages_are() -> None:
    with pytest.raises(SourceError) as caught:
        read_bytes(printed([[], []], picture=True), "scan.pdf")
    assert caught.value.message.startswith(
        '"scan.pdf" has no text. Its pages are pictures. Nothing was added.'
    )
    with pytest.raises(SourceError, match="Its pages are blank"):
        read_bytes(printed([[]]), "blank.pdf")


def test_pdf_with_some_scanned_pages_is_read_with_a_warning() -> None:
    source = read_bytes(printed([lines("The lamp."), [], []], picture=True), "x.pdf")
    assert source.text == "The lamp."
    assert [w.message for w in source.warnings] == [
        '"x.pdf": 2 of 3 pages are pictures without text and were left out.'
    ]


def test_pdf_cut_off_or_damaged_is_refused() -> None:
    data = printed([lines("The lamp.")] * 3)
    for broken in (data[: len(data) // 2], data[:-10], b"%PDF-1.7\nnoise", b"%PDF-1.7\nnoise\n%%EOF"):
        with pytest.raises(SourceError, match=r'"x\.pdf" is damaged'):
            read_bytes(broken, "x.pdf")
