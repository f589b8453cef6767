"""Reading answers: whatever a model sends becomes values of a card, or a named lack."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.draft import DraftOptions, StepOutput
from cardgen_desktop.domain.source import Span
from cardgen_desktop.drafting.generative.answers import StepAnswer, read_answer, streamed_fields
from cardgen_desktop.drafting.generative.assembly import assemble
from cardgen_desktop.drafting.generative.prompts import Prompt, build_prompt
from cardgen_desktop.drafting.generative.steps import plan_steps
from cardgen_desktop.drafting.generative.styles import shipped_style

from .packs import TEXTS, pack_of

OPTIONS = DraftOptions(greetings=2, entries=5)
PACK = pack_of()
STEPS = {step.key: step for step in plan_steps((), OPTIONS)}
TOPICS = {"lorebook_topics": StepOutput(notes={"topics": [{"name": "Tobias Venn"}, {"name": "Bishop"}]})}
TEXT = "Maren keeps the lamp on Corran Rock. She is sixty."


def prompt_of(key: str) -> Prompt:
    return build_prompt(STEPS[key], PACK, OPTIONS, shipped_style("prose"), TOPICS)


def read(key: str, raw: str, *, is_cut: bool = False) -> StepAnswer:
    return read_answer(STEPS[key], raw, PACK, OPTIONS, prompt=prompt_of(key), is_cut=is_cut)


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"description": TEXT}),
        "```json\n" + json.dumps({"description": TEXT}) + "\n```",
        "<think>{not this}</think>\nSure, here it is:\n" + json.dumps({"description": TEXT}) + "\nDone.",
        '{"description": "' + TEXT + '",}',
        "{'description': '" + TEXT + "'}",
        '{"Description": "' + TEXT + '"',
        '{"card": {"description": "' + TEXT + '"}}',
        '{"text": "' + TEXT + '"}',
        TEXT,
        json.dumps({"description": TEXT.split(". ")}).replace(
            'keeps the lamp on Corran Rock"', 'keeps the lamp on Corran Rock."'
        ),
    ],
)
def test_an_answer_is_read_however_it_is_wrapped(raw: str) -> None:
    answer = read("description", raw)
    assert " ".join(answer.values["description"].split()) == TEXT
    assert answer.texts == {"description": answer.values["description"]} and answer.missing == ()


def test_quotation_marks_that_were_not_escaped_lose_nothing() -> None:
    answer = read("description", '{"description": "She said "no" to the board. She stayed."}')
    assert "She stayed." in answer.values["description"] and "no" in answer.values["description"]


@pytest.mark.parametrize(
    "raw", ["", "   ", "{}", "null", '{"description": ""}', '{"description": null}', "[]", '{"']
)
def test_nothing_is_named_as_missing(raw: str) -> None:
    answer = read("description", raw)
    assert answer.missing == ("description",) and answer.values == {}
    assert len(answer.findings) == 1 and answer.findings[0].kind in ("empty", "malformed")


def test_a_part_of_several_fields_names_the_rest() -> None:
    answer = read("notes", '{"tags": ["Keeper", "keeper", "- The Sea"], "creator_notes": "From a story."}')
    assert answer.values == {"tags": ["keeper", "the sea"], "creator_notes": "From a story."}
    assert answer.missing == ("system_prompt", "post_history_instructions")
    again = prompt_of("notes").step.narrowed(answer.missing)
    assert again.fields == ("system_prompt", "post_history_instructions")


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["description", "tags", "facts", "keys_1", "x"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ).map(json.dumps),
    st.sampled_from(sorted(STEPS)),
)
def test_no_answer_raises(raw: str, key: str) -> None:
    answer = read(key, raw)
    streamed_fields(STEPS[key], raw)
    assert all(isinstance(text, str) for text in answer.texts.values())


HOSTILE = {
    "lists in lists": '{"description": ' + "[" * 700 + '"x"' + "]" * 700 + "}",
    "an endless number of a passage": '{"description": "He is kind [S1-' + "9" * 5000 + ']. Yes."}',
    "spaces": '{"description": "' + " " * 20_000 + 'x he is."}',
    "new lines": '{"description": "' + "\\n" * 20_000 + 'x he is."}',
    "braces": '{"' * 20_000,
    "circles": '{"description": "' + "The cat sat on the mat. " * 2000 + '"}',
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_answer_is_read_in_time(raw: str) -> None:
    began = time.process_time()
    read("description", raw)
    streamed_fields(prompt_of("description").step, raw)
    assert time.process_time() - began < 10


def test_citations_leave_the_text_and_keep_their_places() -> None:
    raw = (
        "Maren is tall [S1]. Her father kept the lamp [S2, S99]. She is proud.[S3-S4] Nobody knows why. [S77]"
    )
    answer = read("description", json.dumps({"description": raw}))
    text = answer.values["description"]
    assert text == "Maren is tall. Her father kept the lamp. She is proud. Nobody knows why."
    spans = {item.id: Span(source=0, start=item.start, end=item.end) for item in PACK.passages}
    assert answer.cited["description"] == (
        ("Maren is tall.", (spans["S1"],)),
        ("Her father kept the lamp.", (spans["S2"],)),
        ("She is proud.", (spans["S3"], spans["S4"])),
    )
    assert all(sentence in text for sentence, _ in answer.cited["description"])


def test_facts_keep_their_side_and_the_passages_that_there_are() -> None:
    raw = {"looks": ["Maren is tall. [S1]", "Maren is tall. [S2]"], "past": "Maren was born there [S2][S50]"}
    answer = read("facts", json.dumps(raw))
    assert answer.notes["facts"] == [
        {"fact": "Maren is tall.", "ids": ["S1"], "aspect": "looks"},
        {"fact": "Maren was born there", "ids": ["S2"], "aspect": "past"},
    ]
    assert answer.values == {} and answer.missing == ()


def test_topics_are_those_the_source_has_and_are_filled_up() -> None:
    raw = {"topics": ["Tobias", "the harbour board", "Gandalf", "Maren", "Bishop the jackdaw", "Tobias Venn"]}
    names = [topic["name"] for topic in read("lorebook_topics", json.dumps(raw)).notes["topics"]]
    assert names == ["Tobias Venn", "the harbour board", "Bishop", "Corran Rock"]
    assert len(read("lorebook_topics", "nonsense").notes["topics"]) == 3


def test_entries_get_keys_that_call_them_and_nothing_else() -> None:
    raw = {
        "keys_1": [
            "Tobias Venn",
            "Toby",
            "Maren",
            "tobias venn",
            "Bishop",
            "a key of far too many words to be one",
        ],
        "entry_1": "Tobias Venn brings oil. [S5]",
        "keys_2": [],
        "entry_2": "Bishop is a jackdaw.",
    }
    answer = read("lorebook[0]", json.dumps(raw))
    entries = answer.values["character_book"]["entries"]
    assert [entry["name"] for entry in entries] == ["Tobias Venn", "Bishop"]
    assert entries[0]["keys"] == ["Tobias Venn", "Toby"] and entries[1]["keys"][0] == "Bishop"
    assert answer.texts["character_book.entries[0].content"] == "Tobias Venn brings oil."
    assert "character_book.entries[0].content" in answer.cited


def test_entries_may_come_as_a_list_and_a_missing_one_is_asked_for_alone() -> None:
    raw = {"entries": [{"keys": ["Toby"], "content": "Tobias Venn brings oil."}]}
    answer = read("lorebook[0]", json.dumps(raw))
    assert answer.missing == ("character_book.entries[1].content",)
    again = prompt_of("lorebook[0]").step.narrowed(answer.missing)
    assert [topic.name for topic in again.topics] == ["Bishop"]
    prompt = build_prompt(again, PACK, OPTIONS, shipped_style("prose"), TOPICS)
    second = read_answer(again, '{"keys_1": [], "entry_1": "Bishop steals."}', PACK, OPTIONS, prompt=prompt)
    assert second.texts == {"character_book.entries[1].content": "Bishop steals."}


def test_greetings_lose_their_label_and_names_become_macros() -> None:
    answer = read("first_mes", '{"first_mes": "Maren Toll: *She turns.* \\"Well?\\" {user} {{Char}} <BOT>"}')
    assert answer.values["first_mes"] == '*She turns.* "Well?" {{user}} {{char}} {{char}}'
    plain = read("first_mes", '*She looks at {{user}}.* "Well, {{user}}?"')
    assert plain.values["first_mes"] == '*She looks at {{user}}.* "Well, {{user}}?"'
    greeting = read("alternate_greetings[1]", '{"greeting": "*The ferry is late.*"}')
    assert greeting.values == {"alternate_greetings": ["*The ferry is late.*"]}
    assert greeting.texts == {"alternate_greetings[1]": "*The ferry is late.*"}


@pytest.mark.parametrize(
    "raw",
    [
        "<START>\n{{user}}: Who are you?\n{{char}}: The keeper.\n"
        "<START>\n{{user}}: Why?\n{{char}}: Somebody has to.",
        "<start> User: Who are you? Maren Toll: The keeper. <START> You: Why? Maren: Somebody has to.",
        "START\nYou: Who are you?\nMaren: The keeper.\n\n"
        "{{START}}\n**User:** Why?\n**Maren**: Somebody has to.\n<START>",
    ],
)
def test_example_dialogue_is_put_into_blocks(raw: str) -> None:
    text = read("mes_example", json.dumps({"mes_example": raw})).values["mes_example"]
    assert text == (
        "<START>\n{{user}}: Who are you?\n{{char}}: The keeper.\n"
        "<START>\n{{user}}: Why?\n{{char}}: Somebody has to."
    )  # fmt: skip


def test_an_answer_that_is_too_long_ends_with_a_sentence() -> None:
    text = " ".join(f"Maren did thing number {number} at dawn." for number in range(400))
    written = read("description", json.dumps({"description": text})).values["description"]
    assert written.endswith("at dawn.") and 3_000 < len(written) < 6_000


def test_a_refusal_is_told_from_an_answer() -> None:
    assert read("description", "I'm sorry, but I can't help with that.").refused
    assert read("notes", "As an AI language model, I cannot write this.").refused
    assert not read("description", json.dumps({"description": TEXT})).refused
    assert not read(
        "first_mes", json.dumps({"first_mes": '"I cannot help you," she said. ' + TEXT * 20})
    ).refused


@pytest.mark.parametrize(
    ("said", "declines"),
    [
        ("I'm sorry, {{user}}, but I can't help you right now.", False),
        ("*Maren shakes her head.* \"I'm sorry, but I can't help you.\"", False),
        ("I'm sorry, but I can't help with that.", True),
    ],
)
def test_a_character_who_cannot_help_is_no_refusal(said: str, declines: bool) -> None:
    assert read("first_mes", json.dumps({"first_mes": said})).refused is declines


def test_the_growing_view_shows_neither_json_nor_marks() -> None:
    told = 'Maren is tall [S1]. She said \\"no\\" to {{user}} [S2][S3].\\n\\nShe stayed.'
    raw = f'```json\n{{"description": "{told}"}}\n```'
    seen = ""
    for cut in range(len(raw) + 1):
        shown = streamed_fields(STEPS["description"], raw[:cut]).get("description", "")
        assert not any(sign in shown for sign in ("[", "```", '"}', "\\")), shown
        assert shown.rstrip('".').startswith(seen.rstrip(' ".')[: len(shown) - 3]), (seen, shown)
        seen = shown
    assert seen == 'Maren is tall. She said "no" to {{user}}.\n\nShe stayed.'


def test_the_growing_view_shows_plain_text_and_many_fields() -> None:
    assert streamed_fields(STEPS["description"], "<think>Hm") == {}
    assert streamed_fields(STEPS["description"], "Maren is ta") == {"description": "Maren is ta"}
    assert streamed_fields(STEPS["first_mes"], "{{char}} tur") == {"first_mes": "{{char}} tur"}
    raw = '{"tags": ["a"], "creator_notes": "One.", "system_prompt": "Tw'
    assert streamed_fields(STEPS["notes"], raw) == {"creator_notes": "One.", "system_prompt": "Tw"}
    raw = '{"keys_1": ["Toby"], "entry_1": "Tobias br'
    assert streamed_fields(STEPS["lorebook[1]"], raw) == {"character_book.entries[4].content": "Tobias br"}


def test_outputs_become_one_card_without_gaps() -> None:
    done: dict[str, StepOutput] = {}
    for key, raw in (
        ("description", {"description": TEXT}),
        ("alternate_greetings[1]", {"greeting": "*Late.*"}),
        ("lorebook[1]", {"keys_1": ["oil"], "entry_1": "Oil burns."}),
        ("notes", {"tags": ["sea"], "creator_notes": "A story."}),
    ):  # fmt: skip
        answer = read_answer(STEPS[key], json.dumps(raw), PACK, OPTIONS)
        from cardgen_desktop.drafting.generative.assembly import evidence_of

        evidence = {path: evidence_of(text, ()) for path, text in answer.texts.items()}
        done[key] = StepOutput(values=answer.values, evidence=evidence, findings=answer.findings)
    drafted = assemble(tuple(STEPS.values()), done, PACK)
    card = drafted.card
    assert (card.name, card.description, card.alternate_greetings, card.tags) == (
        "Maren Toll", TEXT, ("*Late.*",), ("sea",),
    )  # fmt: skip
    assert card.character_book and card.character_book.entries[0].content == "Oil burns."
    assert "".join(item.text for item in drafted.evidence["alternate_greetings[0]"]) == "*Late.*"
    assert "character_book.entries[0].content" in drafted.evidence
    assert not [path for path in drafted.evidence if path.endswith(("[1]", "entries[4].content"))]


def test_the_whole_card_comes_from_one_answer() -> None:
    (step,) = plan_steps((), OPTIONS.model_copy(update={"greetings": 1}), one_call=True)
    prompt = build_prompt(step, PACK, OPTIONS, shipped_style("minimal"), {})
    raw = {"description": TEXT, "greeting_1": "*Late.*", "keys_1": [],
           "entry_1": "Corran Rock is a rock.",
           "tags": ["sea"], "mes_example": "{{char}}: No."}  # fmt: skip
    answer = read_answer(step, json.dumps(raw), PACK, OPTIONS, prompt=prompt)
    assert answer.values["alternate_greetings"] == ["*Late.*"]
    assert answer.values["character_book"]["entries"][0]["name"] == "Corran Rock"
    assert "personality" in answer.missing and answer.values["mes_example"] == "<START>\n{{char}}: No."
    assert len(TEXTS) == 6


def test_orders_and_addresses_in_tags_and_keys_are_found() -> None:
    tags = read("notes", '{"tags": ["sea", "www.lampoil.example"]}')
    assert [(finding.kind, finding.path) for finding in tags.findings if finding.kind == "url"] == [
        ("url", "tags")
    ]
    raw = {
        "keys_1": ["lampoil.example/buy"],
        "entry_1": "Tobias Venn brings oil.",
        "keys_2": [],
        "entry_2": "x",
    }
    found = [item for item in read("lorebook[0]", json.dumps(raw)).findings if item.kind == "url"]
    assert [finding.path for finding in found] == ["character_book.entries[0].keys"]


def test_an_answer_without_shape_is_told_from_an_empty_one() -> None:
    assert {finding.kind for finding in read("notes", "Here are the notes you wanted").findings} == {
        "malformed"
    }
    assert {finding.kind for finding in read("notes", "").findings} == {"empty"}
    assert read("notes", "Here are the notes you wanted").is_shapeless
    assert not read("notes", "").is_shapeless
    unusable = read("mes_example", '{"mes_example": "There is no speech in this."}')
    assert {finding.kind for finding in unusable.findings} == {"malformed"}
    assert not unusable.is_shapeless, "the server kept the schema; a looser form would not help"


def test_rules_follow_the_language_and_the_view_that_were_chosen() -> None:
    raw = '{"description": "Du bist die Frau im Leuchtturm."}'
    for options, expected in (
        (OPTIONS, set()),
        (DraftOptions(language="de"), {"second_person"}),
        (DraftOptions(language="de", point_of_view="second"), set()),
    ):
        answer = read_answer(STEPS["description"], raw, PACK, options)
        assert {finding.kind for finding in answer.findings} == expected


def test_keys_of_passages_are_no_keys() -> None:
    raw = '{"keys_1": ["[S2]", "Toby [S5][S8]"], "entry_1": "Tobias Venn brings oil."}'
    answer = read("lorebook[0]", raw)
    assert answer.values["character_book"]["entries"][0]["keys"] == ["Tobias Venn", "Toby"]
    assert not [finding for finding in answer.findings if finding.kind in ("leak", "url")]


@pytest.mark.parametrize(
    ("key", "said", "kept"),
    [
        ("first_mes", '*Maren nods to Tom Ash.* "You, Tom."', '*Maren nods to {{user}}.* "You, {{user}}."'),
        ("description", "Maren likes Tom's rye and tomatoes.", "Maren likes {{user}}'s rye and tomatoes."),
        (
            "mes_example",
            '<START>\nMaren: "You."\nTom Ash: "Me."',
            '<START>\n{{char}}: "You."\n{{user}}: "Me."',
        ),
    ],
)
def test_the_name_of_whoever_chats_becomes_the_user(key: str, said: str, kept: str) -> None:
    pack = pack_of(users=("Tom Ash", "Tom", "You"))
    answer = read_answer(STEPS[key], json.dumps({key: said}), pack, OPTIONS, prompt=prompt_of(key))
    assert answer.values[key] == kept
