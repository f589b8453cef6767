"""Quotations in their many marks; offsets leave the marks out."""

import pytest

from cardgen_desktop.reading.index import read_index
from tests.reading.sources import aside, read, source, spoken


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('"Come here," said Mary. "I want you."', ["Come here,", "I want you."]),
        ("“Come here,” said Mary. “I want you.”", ["Come here,", "I want you."]),
        (
            "‘Come here,’ said Mary. ‘It’s the boys’ hats I want.’",
            ["Come here,", "It’s the boys’ hats I want."],
        ),
        ("'Come here,' said Mary. 'It's late, isn't it?'", ["Come here,", "It's late, isn't it?"]),
        ("»Komm her«, sagte Maria. »Ich will dich.«", ["Komm her", "Ich will dich."]),
        ("„Komm her“, sagte Maria. „Ich will dich.“", ["Komm her", "Ich will dich."]),
        ("「来い。」とマリアは言った。「早く。」", ["来い。", "早く。"]),
    ],
)
def test_marks_of_many_kinds(text: str, quoted: list[str]) -> None:
    assert [words for _, words in spoken(read(text))] == quoted


def test_text_equals_source_at_offsets() -> None:
    text = 'A long road.\r\n\r\n"Well,\r\nMary," said Tom, "we are   here."\r\n'
    index = read(text)
    for quotation in index.quotations():
        assert text[quotation.start : quotation.end] == quotation.text
    assert [each.text for each in index.quotations()] == ["Well,\r\nMary,", "we are   here."]


def test_scare_quotes_are_no_speech() -> None:
    text = 'The man they called "the fox" was a "sort of" friend.\n\n"Stop!" cried Ann.'
    assert [words for _, words in spoken(read(text))] == ["Stop!"]


@pytest.mark.parametrize(
    ("text", "language", "quoted"),
    [
        ("Otto kam. „Ja“, sagte Otto. Er mag die „Villa“ am See.", "de", ["Ja"]),
        ("Otto vint. « Oui », répondit-il. Il aime sa « maison » bleue.", "fr", ["Oui"]),
        ("Vino Otto. «Carla, ven», dijo Otto. Es su «casa» azul.", "es", ["Carla, ven"]),
        ("Пришёл Отто. «Да», сказал Отто. Он любит свой «дом» у реки.", "ru", ["Да"]),
    ],
)
def test_short_speech_before_a_comma_outside_the_marks(text: str, language: str, quoted: list[str]) -> None:
    assert [words for _, words in spoken(read(text, language=language))] == quoted


def test_a_quotation_left_open_goes_on_with_the_same_speaker() -> None:
    text = '"It began long ago," said Tom. "We were poor.\n\n"Then the ship came in."\n\n"Did it?" asked Ann.'
    assert spoken(read(text)) == [
        ("Tom", "It began long ago,"),
        ("Tom", "We were poor."),
        ("Tom", "Then the ship came in."),
        ("Ann", "Did it?"),
    ]


def test_no_quotation_comes_from_an_aside_or_a_heading() -> None:
    text = '"You may copy it," says the licence.\n\nCHAPTER "ONE"\n\n"Good day," said Ann.'
    index = read_index([source(text, asides=(aside(text, '"You may copy it," says the licence.'),))])
    assert spoken(index) == [("Ann", "Good day,")]
