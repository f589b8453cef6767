"""What the preview shows of a source."""

from itertools import pairwise

import pytest

from cardgen_desktop.domain.source import Aside, Heading
from cardgen_desktop.ui.draft.sections import (
    MOST_SECTIONS,
    PART_CHARACTERS,
    aside_lines,
    chunk_end,
    first_worth_reading,
    paragraphs,
    sections_of,
)
from tests.support.samples import sample_texts, source_text, summary_of


def test_chapters_reach_to_the_next_of_their_level() -> None:
    novel = sample_texts()[0]
    sections = sections_of(summary_of(1, novel))
    assert [section.title for section in sections] == [
        "PART ONE--The Old Buccaneer",
        "The Old Sea-dog at the Admiral Benbow",
        "Black Dog Appears and Disappears",
        "The Black Spot",
    ]
    assert sections[0].end == novel.chars
    assert sections[1].end == sections[2].start
    assert first_worth_reading(sections) == 1


def test_text_before_the_first_heading_is_a_section_unless_it_is_set_aside() -> None:
    text = source_text("x" * 1000 + "\nChapter\n" + "y" * 500, "a.txt")
    heading = Heading(title="Chapter", level=1, start=1001, end=1008)
    source = summary_of(1, text).model_copy(update={"headings": (heading,)})
    assert [section.title for section in sections_of(source)] == ["Beginning", "Chapter"]
    assert first_worth_reading(sections_of(source)) == 1
    licence = (Aside(kind="licence", start=0, end=1000),)
    assert [section.title for section in sections_of(source.model_copy(update={"asides": licence}))] == [
        "Chapter"
    ]


def test_a_text_without_chapters_is_cut_into_parts_that_cover_it() -> None:
    source = summary_of(1, source_text("word " * 20_000, "a.txt"))
    sections = sections_of(source)
    assert [section.title for section in sections][:2] == ["Part 1 of 5", "Part 2 of 5"]
    assert sections[-1].end == source.chars
    assert all(before.end == after.start for before, after in pairwise(sections))
    short = summary_of(1, source_text("Short.", "a.txt"))
    assert [section.title for section in sections_of(short)] == ["Whole text"]
    huge = short.model_copy(update={"chars": 50_000_000})
    assert len(sections_of(huge)) <= MOST_SECTIONS


def test_hard_wrapped_lines_are_joined_and_verse_is_kept() -> None:
    text = (
        "It was a dark night and the\nwind blew over the cove and\nthe inn.\n\n"
        "          “Fifteen men on the dead man's chest--\n             Yo-ho-ho!”\n\nHe sang."
    )
    assert paragraphs(text, 0, len(text)) == [
        "It was a dark night and the wind blew over the cove and the inn.",
        "“Fifteen men on the dead man's chest--\N{LINE SEPARATOR}Yo-ho-ho!”",
        "He sang.",
    ]


def test_a_line_is_a_paragraph_where_lines_are_long() -> None:
    text = "A " + "long " * 60 + "line.\nAnother " + "long " * 60 + "line."
    assert len(paragraphs(text, 0, len(text))) == 2


def test_what_is_set_aside_is_left_out_and_named() -> None:
    novel = sample_texts()[0]
    shown = " ".join(paragraphs(novel.text, 0, novel.chars, novel.asides))
    assert "public domain" not in shown and "nut-brown man" in shown
    assert aside_lines(novel.text, novel.asides) == ["Licence text set aside: 29 words at the end"]
    middle = (
        Aside(kind="page_number", start=5000, end=5003),
        Aside(kind="page_number", start=12_000, end=12_003),
    )
    assert aside_lines(novel.text, middle)[0].startswith("Page numbers set aside: ")
    assert not aside_lines(novel.text, middle)[0].endswith("end")
    notes = (Aside(kind="instructions", start=0, end=9),)
    assert aside_lines(novel.text, notes)[0].startswith("Notes and instructions set aside: ")


@pytest.mark.parametrize("length", [10, PART_CHARACTERS, PART_CHARACTERS * 3])
def test_chunks_end_at_lines_and_reach_the_end(length: int) -> None:
    text = ("0123456789" * 7 + "\n") * (length // 71 + 1)
    position, chunks = 0, 0
    while position < len(text):
        position = chunk_end(text, position, len(text))
        chunks += 1
        assert position == len(text) or text[position - 1] == "\n"
    assert chunks <= len(text) // (PART_CHARACTERS // 2) + 1
