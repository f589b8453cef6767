"""Going on with an answer that was cut: nothing is said twice, nothing is lost."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.drafting.generative.answers import joined, streamed_fields
from cardgen_desktop.drafting.generative.continuation import joined_text
from cardgen_desktop.drafting.generative.steps import plan_steps

WORDS = [
    "harbour", "lantern", "weather", "copper", "narrow", "whisper", "granite", "seventeen", "ladder",
    "jackdaw", "morning", "kettle", "oilskin", "stubborn", "letter", "window", "channel", "breakers",
    "ferry", "October", "pencil", "biscuit", "keeper", "signal", "anchor",
]  # fmt: skip
DESCRIPTION = plan_steps(("description",), DraftOptions())[-1]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Two to four paragraphs of two to five sentences, no two the same."""
    number, paragraphs = 0, []
    for _ in range(draw(st.integers(2, 4))):
        sentences = []
        for _ in range(draw(st.integers(2, 5))):
            number += 1
            words = draw(st.lists(st.sampled_from(WORDS), min_size=4, max_size=12, unique=True))
            sentences.append(
                " ".join([f"Number{number}", *words]) + draw(st.sampled_from([".", "!", "?", ' "now."']))
            )
        paragraphs.append(" ".join(sentences))
    return "\n\n".join(paragraphs)


def told_once(text: str, whole: str) -> None:
    """Every sentence of the whole stands in the text once."""
    marks = [word for word in whole.split() if word.startswith("Number")]
    assert [word for word in text.split() if word.startswith("Number")] == marks
    folded = [" ".join(line.split()) for line in text.split("\n\n") if line.strip()]
    assert len(folded) == len(set(folded))


@settings(max_examples=100, deadline=None)
@given(texts(), st.data())
def test_an_answer_that_begins_again_from_the_start_is_told_once(whole: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(whole)))
    assert joined_text(whole[:cut], whole) == whole


@settings(max_examples=100, deadline=None)
@given(texts(), st.data())
def test_an_answer_that_begins_again_anywhere_is_told_once(whole: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(whole) - 1))
    again = data.draw(st.integers(0, cut))
    while again and not whole[again - 1].isspace():
        again -= 1
    told_once(joined_text(whole[:cut], whole[again:]), whole)


@settings(max_examples=100, deadline=None)
@given(texts(), st.data())
def test_an_answer_that_goes_on_at_the_cut_is_whole(whole: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(whole) - 1))
    told_once(joined_text(whole[:cut], whole[cut:]), whole)


@settings(max_examples=80, deadline=None)
@given(texts(), st.data())
def test_json_and_plain_text_may_follow_each_other(whole: str, data: st.DataObject) -> None:
    raw = json.dumps({"description": whole})
    cut = data.draw(st.integers(raw.index(whole[:5]) + 1, len(raw) - 1))
    talk = "Here is the rest:\n" + raw
    rest = data.draw(st.sampled_from([raw, raw[cut:], whole, f"```json\n{raw}\n```", talk]))
    shown = streamed_fields(DESCRIPTION, joined(raw[:cut], rest))["description"]
    told_once(shown, whole)


@settings(max_examples=60, deadline=None)
@given(texts(), st.data())
def test_going_on_twice_repeats_nothing(whole: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(whole) - 1))
    second = data.draw(st.integers(first, len(whole)))
    sentence = max(whole.rfind(". ", 0, first) + 2, 0) if ". " in whole[:first] else 0
    once = joined(whole[:first], whole[sentence:second])
    told_once(joined(once, whole), whole)


@settings(max_examples=80, deadline=None)
@given(texts(), st.data())
def test_json_may_be_cut_anywhere_and_twice(whole: str, data: st.DataObject) -> None:
    raw = json.dumps({"description": whole})
    first = data.draw(st.integers(1, len(raw) - 1))
    second = data.draw(st.integers(first, len(raw)))
    last = data.draw(st.sampled_from([raw, raw[second:]]))
    twice = joined(joined(raw[:first], raw[first:second]), last)
    told_once(streamed_fields(DESCRIPTION, twice)["description"], whole)


def test_speech_that_goes_on_inside_json_keeps_its_quotation_marks() -> None:
    raw = joined('{"description": "She turned.', ' "Well?" she said. "Go on."')
    assert streamed_fields(DESCRIPTION, raw) == {"description": 'She turned. "Well?" she said. "Go on."'}
    assert joined('{"', "Plain text.") == "Plain text."


def test_several_fields_go_on_where_each_was() -> None:
    first = '{"creator_notes": "From a story.", "system_prompt": "Play her dr'
    again = '{"system_prompt": "Play her dry.", "post_history_instructions": "Be brief."}'
    for more in (again, 'y.", "post_history_instructions": "Be brief."}'):
        assert json.loads(joined(first, more)) == {
            "creator_notes": "From a story.",
            "system_prompt": "Play her dry.",
            "post_history_instructions": "Be brief.",
        }


def test_json_that_goes_on_and_is_cut_at_its_closing_quote_keeps_its_paragraphs() -> None:
    whole = 'Dry.\n\nBrief. "Well?" she said.'
    raw = json.dumps({"description": whole})
    for cut in range(1, len(raw)):
        once = joined(raw[:cut], raw[cut:-1])
        assert streamed_fields(DESCRIPTION, once) == {"description": whole}


def test_fields_that_go_on_inside_json_and_are_cut_again_stay_apart() -> None:
    first, second, third = '{"system_prompt": "Play her dr', 'y.", "creator_notes": "From a st', 'ory."}'
    assert json.loads(joined(joined(first, second), third)) == {
        "system_prompt": "Play her dry.",
        "creator_notes": "From a story.",
    }


def test_few_words_that_begin_the_open_sentence_again_are_left_out() -> None:
    assert joined_text('It is late. "You could come ', '"You ') == 'It is late. "You could come '
    assert joined_text("It is dark and col", "d") == "It is dark and cold"
    assert joined_text("It is late. She has ", "kept") == "It is late. She has kept"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The cat sat on the mat. " * 2000, "The cat sat on the mat. " * 500),
        ("{" + " " * 20_000 + '"a b', "x y z"),
        ("\n" * 20_000 + "x", "yes yes yes yes"),
    ],
)
def test_a_text_that_goes_round_in_circles_is_joined_in_time(first: str, second: str) -> None:
    began = time.process_time()
    joined(first, second)
    assert time.process_time() - began < 3
