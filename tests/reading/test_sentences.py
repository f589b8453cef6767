"""Sentence ends, with abbreviations, initials and speech."""

import time

import pytest

from tests.reading.sources import read


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Mr. Darcy came in. He sat down.", 2),
        ("J. M. Barrie wrote it. So they say.", 2),
        ("“Where is he?” she asked. Nobody knew.", 2),
        ("It was I. Nobody else was there.", 2),
        ("He waited... and waited. Then he left!", 2),
        ("She wrote to St. Ives etc. and to Capt. Flint.", 1),
        ("他来了。她走了！", 2),
    ],
)
def test_ends(text: str, count: int) -> None:
    index = read(text, language="zh" if "他" in text else "en")
    assert len(index.sentences) == count


def test_offsets_cover_the_words() -> None:
    text = "One came.\r\nTwo   went away.\n\nThree stayed."
    found = [text[each.start : each.end] for each in read(text).sentences]
    assert found == ["One came.", "Two   went away.", "Three stayed."]


def test_the_sentence_at_an_offset() -> None:
    index = read("One came. Two went away.")
    sentence = index.sentence_at(12)
    assert sentence is not None and sentence.start == 10
    assert index.sentence_at(9) is None


def test_long_rows_of_dots_are_read_in_time() -> None:
    began = time.process_time()
    assert read("." * 100_000 + "x. Y is here.").sentences
    assert time.process_time() - began < 5
