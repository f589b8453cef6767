"""Paragraphs: how they are split, what is a heading, what gives no evidence."""

from cardgen_desktop.domain.source import Heading
from cardgen_desktop.reading.manuscript import join_sources, remaining
from cardgen_desktop.reading.paragraphs import split_paragraphs
from tests.reading.sources import aside, source


def pieces(text: str, **details: object) -> list[str]:
    manuscript = join_sources([source(text, **details)])  # type: ignore[arg-type]
    return [
        manuscript.text[each.start : each.end] for each in split_paragraphs(manuscript) if not each.heading
    ]


def test_blank_lines_split_hard_wrapped_text_with_windows_newlines() -> None:
    assert pieces("One line\r\nand its end.\r\n\r\n  Two.  \r\n \r\nThree.") == [
        "One line\r\nand its end.",
        "Two.",
        "Three.",
    ]


def test_every_line_is_a_paragraph_when_lines_are_long() -> None:
    line = "She walked along the quay and counted the boats that had come home before the storm broke. " * 2
    assert len(pieces("\n".join([line] * 5))) == 5


def test_short_lines_that_end_sentences_are_paragraphs() -> None:
    assert pieces("“Come in.”\n“No.”\nShe went away.\n“Stay!”") == [
        "“Come in.”",
        "“No.”",
        "She went away.",
        "“Stay!”",
    ]


def test_indented_lines_begin_paragraphs_where_no_line_is_blank() -> None:
    text = (
        "    The boat came in\nunder the wall and\n    Nobody went down\nto meet it that day and\nsaid no\n"
    )
    assert len(pieces(text)) == 2


def test_chapter_lines_and_capitals_are_headings_but_a_shouted_quotation_is_not() -> None:
    assert pieces("CHAPTER ONE\n\nThe Lamp on the Rock\n\nIt burned.\n\n“NO!”") == ["It burned.", "“NO!”"]


def test_told_headings_and_asides_are_left_out() -> None:
    text = "A licence text.\n\nThe story\n\nMary came. 12 She sat."
    start = text.index("The story")
    heading = Heading(title="The story", level=1, start=start, end=start + 9)
    found = pieces(
        text, headings=(heading,), asides=(aside(text, "A licence text."), aside(text, "12", "page"))
    )
    assert found == ["Mary came.", "She sat."]


def test_remaining_cuts_what_is_taken() -> None:
    assert list(remaining(0, 10, [(2, 4), (6, 12)])) == [(0, 2), (4, 6)]
    assert list(remaining(5, 8, [(0, 20)])) == []


def test_a_span_never_crosses_sources() -> None:
    manuscript = join_sources([source("First."), source("Second.")])
    span = manuscript.place(3, 12)
    assert (span.source, span.start, span.end) == (0, 3, 6)
    assert manuscript.place(8, 14) == manuscript.place(8, 14).model_copy(
        update={"source": 1, "start": 0, "end": 6}
    )
