"""Verdicts and findings on single claims, against our own small texts."""

from functools import cache

import pytest

from cardgen_desktop.domain.checking import CheckedSentence, CheckReport
from cardgen_desktop.domain.source import Span
from cardgen_desktop.drafting.checking.checker import Checker
from cardgen_desktop.drafting.checking.whom import find_character
from tests.drafting.stories import CHAT, LAMP, MILL, SHEET, WIKI, index_of, source_of


@cache
def checker(name: str, story: str = LAMP) -> Checker:
    index = index_of(story)
    number = find_character(index, name)
    assert number is not None
    return Checker(index, number)


def check(text: str, name: str = "Maren Toll", story: str = LAMP, path: str = "description") -> CheckReport:
    return checker(name, story).check({path: text})


def only(report: CheckReport) -> CheckedSentence:
    ((sentence,),) = report.fields.values()
    return sentence


@pytest.mark.parametrize(
    ("text", "name", "story"),
    [
        ("{{char}} is a tall woman of sixty with short grey hair.", "Maren Toll", LAMP),
        ("She was born in the keeper's house and wears a blue coat in all weathers.", "Maren Toll", LAMP),
        ("{{char}} is 11 years old, an orphan with red hair.", "Toby", LAMP),
        ("- handsome man with a black beard", "Captain Vane", LAMP),
        ('{{char}} asks, "What would you give me for that, Captain?"', "Maren Toll", LAMP),
        ("Occupation: bridge engineer", "Ilse Brandt", SHEET),
        ("{{char}} is a lean woman with a shaved head and a burn scar.", "Orla Venn", WIKI),
        ("{{char}} trägt immer eine blaue Schürze.", "Anna Berger", MILL),
    ],
)
def test_what_the_sources_say_is_supported_by_its_passage(text: str, name: str, story: str) -> None:
    sentence = only(check(text, name, story))
    assert sentence.verdict == "supported", sentence
    assert sentence.source == 0 and sentence.start is not None and sentence.end is not None
    assert 0 <= sentence.start < sentence.end <= len(index_of(story).sources[0].text)
    assert sentence.score >= 0.5 and sentence.why == ""


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Winifred is a tall woman of sixty with grey hair.", "Maren Toll", "wrong_name"),
        ("{{char}} carries silver aboard the Duchess of York.", "Captain Vane", "wrong_name"),
        ("{{char}} is a handsome man with a black beard.", "Maren Toll", "wrong_name"),
        ("{{char}} is a tall woman of forty with short grey hair.", "Maren Toll", "wrong_number"),
        ("{{char}} is 17 years old, an orphan with red hair.", "Toby", "wrong_number"),
        ("{{char}} was not born in the keeper's house on Corran Rock.", "Maren Toll", "negation"),
        ("{{char}} is always rude, and he is cruel.", "Captain Vane", "negation"),
        ('{{char}} says, "I can pay you a thousand crowns tonight."', "Captain Vane", "unsupported"),
        ('{{char}} says, "I remember when you were poor"', "Captain Vane", "wrong_speaker"),
        ('{{char}} says, "What will you give me for that, Captain?"', "Maren Toll", "near_quote"),
        ("{{char}} studies astronomy at a famous university.", "Maren Toll", "unsupported"),
    ],
)
def test_what_they_do_not_say_is_not_supported_and_found(text: str, name: str, kind: str) -> None:
    report = check(text, name)
    sentence = only(report)
    assert sentence.verdict != "supported" and sentence.why
    assert [finding.kind for finding in report.findings] == [kind], sentence
    assert report.findings[0].path == "description" and report.findings[0].text == sentence.text
    if sentence.verdict == "inferred":
        assert sentence.source is not None


def test_a_near_quotation_is_shown_the_true_one() -> None:
    report = check('{{char}} says, "What will you give me for that, Captain?"')
    assert "What would you give me for that" in report.findings[0].message


def test_lines_of_dialogue_must_be_the_characters_own() -> None:
    field = (
        "<START>\n{{user}}: Put it out.\n{{char}}: We shall keep the lamp\n"
        "{{char}}: You keep a fine light\n{{char}}: I shall fetch the big kettle for the lamp room, child."
    )
    report = check(field, path="mes_example")
    verdicts = [sentence.verdict for sentence in report.fields["mes_example"]]
    assert verdicts == ["supported", "unsupported", "inferred"]
    assert [finding.kind for finding in report.findings] == ["wrong_speaker"]
    assert "Vane" in report.findings[0].message


def test_a_greeting_is_invented_and_no_finding() -> None:
    report = check("*The dragon of Thule lands before {{user}}.* Hello!", path="first_mes")
    assert report.supported == 0 and report.findings == ()


def test_a_cited_passage_is_looked_at_first() -> None:
    index = index_of(LAMP)
    start = index.sources[0].text.index("Hesper cried easily")
    claim = "{{char}} weeps easily and gives freely to all."
    span = Span(source=0, start=start, end=start + 19)
    cited = only(checker("Hesper Lark").check({"personality": claim}, {"personality": [(claim, [span])]}))
    plain = only(checker("Hesper Lark").check({"personality": claim}))
    assert cited.score > plain.score
    assert cited.start is not None and cited.end is not None and cited.start <= start < cited.end


def test_citations_of_nowhere_are_borne() -> None:
    claim = "{{char}} is tall."
    spans = [Span(source=7, start=0, end=5), Span(source=0, start=-9, end=10**9)]
    assert checker("Maren Toll").check({"description": claim}, {"description": [(claim, spans)]})


def test_a_pronoun_of_the_other_gender_is_somebody_named_before() -> None:
    text = "{{char}} knows Captain Vane. He is a handsome man with a black beard."
    assert check(text).fields["description"][1].verdict == "supported"


def test_a_chat_and_no_character_at_all_are_checked_too() -> None:
    assert only(check("{{char}} loves biscuits.", "Jonas", CHAT)).verdict == "supported"
    report = Checker(index_of(LAMP), None).check({"description": "Maren Toll is a tall woman of sixty."})
    assert report.supported == 1


@pytest.mark.parametrize(
    "field", ["", "((((" * 800, "{{char}} " * 900, "9" * 5000, "“a b c d" * 300, "é̀\0" * 200]
)
def test_hostile_text_gets_a_report(field: str) -> None:
    assert isinstance(check(field), CheckReport)


def test_an_empty_source_supports_nothing() -> None:
    from cardgen_desktop.reading.index import read_index

    report = Checker(read_index([source_of("")]), None).check({"description": "She is tall and proud."})
    assert (report.supported, report.unsupported) == (0, 1)


def test_whom_a_name_means() -> None:
    index = index_of(LAMP)
    maren = find_character(index, "maren  TOLL")
    assert maren is not None and index.characters[maren].name.startswith("Maren")
    assert find_character(index, "Zoltan") is None and find_character(index, " ") is None
