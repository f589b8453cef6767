"""Evidence follows its sentence through edits, and never claims a changed one."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.source import Span
from cardgen_desktop.ui.cards import evidence as subject
from cardgen_desktop.ui.cards.evidence import Located, Utf16Map, locate


def verbatim(text: str, start: int = 0) -> Evidence:
    return Evidence(text=text, kind="verbatim", source=0, start=start, end=start + len(text))


def template(text: str) -> Evidence:
    return Evidence(text=text, kind="template")


def drafted(*sentences: str) -> tuple[Evidence, ...]:
    """Sentences joined by template spaces; the record's start tells them apart."""
    records: list[Evidence] = []
    for number, sentence in enumerate(sentences):
        if records:
            records.append(template(" "))
        records.append(verbatim(sentence, start=1000 * (number + 1)))
    return tuple(records)


def joined(records: tuple[Evidence, ...]) -> str:
    return "".join(record.text for record in records)


def found(text: str, records: tuple[Evidence, ...]) -> list[tuple[str, int | None]]:
    """Each located text with the start of its record, or None for the person's own words."""
    return [
        (text[place.start : place.end], place.record.start if place.record else None)
        for place in locate(text, records)
    ]


LIZZY = drafted(
    "She has a lively, playful disposition.",
    "Her dark eyes are rendered uncommonly intelligent.",
    "She is not one and twenty.",
)


def test_untouched_field_has_every_record_at_its_place() -> None:
    assert found(joined(LIZZY), LIZZY) == [
        ("She has a lively, playful disposition.", 1000),
        ("Her dark eyes are rendered uncommonly intelligent.", 2000),
        ("She is not one and twenty.", 3000),
    ]


def test_separators_claim_nothing_and_headings_are_not_the_persons_words() -> None:
    records = (template("## Appearance\n"), verbatim("She is tall."), template("\n\n"))
    places = locate(joined(records), records)
    assert [place.verdict for place in places] == ["none", "supported"]


def test_text_without_records_is_all_the_persons_own() -> None:
    places = locate("I wrote this. And this, too", ())
    assert [(place.start, place.end, place.verdict) for place in places] == [
        (0, 13, "yours"),
        (14, 27, "yours"),
    ]


def test_empty_text_holds_nothing() -> None:
    assert locate("", LIZZY) == []
    assert locate("  \n ", LIZZY) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("New start. " + joined(LIZZY), [None, 1000, 2000, 3000]),
        (joined(LIZZY) + " New end.", [1000, 2000, 3000, None]),
        (joined(LIZZY).replace("uncommonly ", ""), [1000, None, 3000]),
        (joined(LIZZY).replace("Her dark eyes are rendered uncommonly intelligent. ", ""), [1000, 3000]),
        ("", []),
    ],
)
def test_edits_before_behind_and_inside(text: str, expected: list[int | None]) -> None:
    assert [start for _, start in found(text, LIZZY)] == expected


def test_two_distant_edits_leave_the_sentence_between_them() -> None:
    text = joined(LIZZY).replace("lively, ", "").replace("not one", "one")
    assert [start for _, start in found(text, LIZZY)] == [None, 2000, None]


def test_word_grown_at_the_end_of_a_record_takes_its_evidence_away() -> None:
    records = (verbatim("She was kind"),)
    assert found("She was kindly", records) == [("She was kindly", None)]
    assert found("She was kind, mostly", records) == [("She was kind", 0), (", mostly", None)]


def test_record_ending_inside_a_word_of_the_draft_is_kept_while_untouched() -> None:
    records = (verbatim("walk"), template("ed home. "), verbatim("Then she slept."))
    assert found("walked home. Then she woke.", records)[0] == ("walk", 0)


def test_repeated_sentences_keep_their_own_records() -> None:
    records = drafted("Yes.", "She laughed at that.", "Yes.", "He did not.", "Yes.")
    text = joined(records).replace("She laughed at that.", "She smiled.")
    assert found(text, records) == [
        ("Yes.", 1000),
        ("She smiled.", None),
        ("Yes.", 3000),
        ("He did not.", 4000),
        ("Yes.", 5000),
    ]


def test_deleted_repetition_does_not_drag_later_records_along() -> None:
    records = drafted("Yes.", "A first long sentence.", "Yes.", "A second long sentence.", "No.")
    text = "A first long sentence! Yes. A second long sentence. Well, no."
    starts = [start for _, start in found(text, records)]
    assert starts[0] is None and starts[1] in (1000, 3000) and starts[2:] == [4000, None]


def test_sentences_in_another_order_are_found_too() -> None:
    first, second, third = (record.text for record in LIZZY[::2])
    text = f"{third} {first} {second}"
    assert [start for _, start in found(text, LIZZY)] == [3000, 1000, 2000]


def test_moved_duplicate_is_claimed_only_once() -> None:
    sentence = LIZZY[0].text
    text = f"{sentence} {sentence} {sentence}"
    starts = [start for _, start in found(text, (LIZZY[0],))]
    assert starts.count(1000) == 1
    assert starts.count(None) == 2


def test_whitespace_between_records_may_change() -> None:
    text = joined(LIZZY).replace(". ", ".\n\n  ")
    assert [start for _, start in found(text, LIZZY)] == [1000, 2000, 3000]


def test_windows_line_ends_in_a_record_match_the_editors_newlines() -> None:
    records = (verbatim("One line,\r\nand another."), template("\r\n"), verbatim("The end.", 50))
    assert [start for _, start in found("One line,\nand another.\nThe end.", records)] == [0, 50]


def test_computed_is_inferred() -> None:
    record = Evidence(text="Speaks briefly.", kind="computed", spans=(Span(source=0, start=1, end=2),))
    assert locate("Speaks briefly.", (record,))[0].verdict == "inferred"


def test_titles_do_not_end_a_sentence() -> None:
    text = "She met Mr. Bingley at the ball. Then she left."
    assert [text[place.start : place.end] for place in locate(text, ())] == [
        "She met Mr. Bingley at the ball.",
        "Then she left.",
    ]


def test_emoji_before_a_sentence_do_not_shift_it() -> None:
    text = "😀🎉 hello. " + joined(LIZZY)
    place = locate(text, LIZZY)[1]
    units = Utf16Map(text)
    assert text[place.start : place.end] == LIZZY[0].text
    assert units.position(place.start) == place.start + 2
    assert units.offset(units.position(place.start)) == place.start


def test_position_inside_a_surrogate_pair_is_the_emoji() -> None:
    units = Utf16Map("a😀b")
    assert [units.offset(position) for position in range(5)] == [0, 1, 1, 2, 3]
    assert [units.position(offset) for offset in range(4)] == [0, 1, 3, 4]


@given(st.text(alphabet="ab😀𝒳é\n", max_size=40))
def test_utf16_map_agrees_with_the_codec(text: str) -> None:
    units = Utf16Map(text)
    for offset in range(len(text) + 1):
        position = len(text[:offset].encode("utf-16-le")) // 2
        assert units.position(offset) == position
        assert units.offset(position) == offset


WORDS = st.lists(st.sampled_from(["alder", "birch", "cedar", "elm", "fir", "hazel"]), min_size=3, max_size=8)
SENTENCES = st.lists(WORDS.map(lambda words: " ".join(words).capitalize() + "."), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(SENTENCES, st.data())
def test_any_single_edit_keeps_every_other_sentence(texts: list[str], data: st.DataObject) -> None:
    records = drafted(*texts)
    edited = data.draw(st.integers(0, len(texts) - 1))
    text = " ".join([*texts[:edited], "Zebra 🦓 crossing.", *texts[edited + 1 :]])
    starts = [start for _, start in found(text, records)]
    expected = [1000 * (number + 1) for number in range(len(texts)) if number != edited]
    kept = sorted(start for start in starts if start is not None)
    assert len(kept) == len(expected) and None in starts
    assert [texts[start // 1000 - 1] for start in kept] == [texts[start // 1000 - 1] for start in expected]


@settings(max_examples=150, deadline=None)
@given(SENTENCES, st.text(alphabet="abAB. \n😀", max_size=60))
def test_places_never_overlap_and_always_hold_their_record(texts: list[str], other: str) -> None:
    records = drafted(*texts)
    half = len(joined(records)) // 2
    text = joined(records)[:half] + other + joined(records)[half:]
    places = locate(text, records)
    assert all(one.end <= next_.start for one, next_ in itertools.pairwise(places))
    for place in places:
        assert place.record is None or text[place.start : place.end] == place.record.text.strip()


def test_large_field_with_many_repetitions_is_located_quickly() -> None:
    records = drafted(*(["Yes, indeed."] * 400 + [f"Sentence number {n} of many." for n in range(800)]))
    text = "X" + joined(records)[1:-1] + "X"
    begun = time.perf_counter()
    places = locate(text, records)
    assert time.perf_counter() - begun < 1.0
    assert len(places) > 1000


def test_at_prefers_the_sentence_that_begins_under_the_cursor() -> None:
    places = [Located(0, 5, LIZZY[0]), Located(5, 9, LIZZY[2]), Located(12, 15, None)]
    assert subject.at(places, 5) is places[1]
    assert subject.at(places, 9) is places[1]
    assert subject.at(places, 10) is None
    assert subject.at([], 0) is None


def test_next_without_support_wraps_around() -> None:
    places = [Located(0, 5, None), Located(6, 9, LIZZY[0]), Located(10, 15, None)]
    assert subject.next_without_support(places, 0) is places[2]
    assert subject.next_without_support(places, 12) is places[0]
    assert subject.next_without_support(places[1:2], 0) is None


def test_tally_leaves_connecting_words_out() -> None:
    records = (template("Note: "), verbatim("She is tall."))
    assert subject.tally(locate("Note: She is tall. I think.", records)) == {"supported": 1, "yours": 1}


def test_reordered_greetings_find_the_records_of_their_old_number() -> None:
    one, two = drafted("It is a very fine evening."), drafted("Do you dance often, sir?")
    evidence = {"alternate_greetings[0]": one, "alternate_greetings[1]": two, "first_mes": LIZZY}
    assert subject.records_for(evidence, "alternate_greetings[0]", two[0].text) == two
    assert subject.records_for(evidence, "first_mes", one[0].text) == one
    assert subject.records_for(evidence, "alternate_greetings[7]", joined(LIZZY)) == LIZZY
    assert subject.records_for(evidence, "alternate_greetings[0]", "Something else.") == one


def test_records_of_other_fields_are_never_borrowed() -> None:
    evidence = {"description": LIZZY, "character_book.entries[0].content": LIZZY}
    assert subject.records_for(evidence, "personality", joined(LIZZY)) == ()
    assert subject.records_for(evidence, "alternate_greetings[0]", joined(LIZZY)) == ()


@pytest.mark.parametrize("verdict", ["supported", "inferred", "unsupported"])
def test_the_verdict_of_a_check_goes_before_the_kind(verdict: str) -> None:
    place = {"source": 0, "start": 3, "end": 9} if verdict != "unsupported" else {}
    record = Evidence(text="She is tall.", kind="adapted", verdict=verdict, **place)
    located = locate("She is tall. And mine.", [record])
    assert [each.verdict for each in located] == [verdict, "yours"]
    found = subject.next_without_support(located, -1)
    assert found is not None and found.start == (0 if verdict == "unsupported" else 13)
