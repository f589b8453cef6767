"""Evidence packs: exact, ordered, within the budget, spread over the source, the same every time."""

from functools import cache
from itertools import pairwise

import pytest

from cardgen_desktop.domain.evidence_pack import EvidencePack
from cardgen_desktop.domain.people import CHAT_HEADING
from cardgen_desktop.domain.source import Aside
from cardgen_desktop.drafting.generative.packing import fit_pack, pack_evidence
from cardgen_desktop.paths import resource
from cardgen_desktop.reading.index import Index, read_index
from tests.drafting.stories import CHAT, DATA, LAMP, MILL, NELL, SHEET, WIKI, index_of, source_of

BUDGET = 12_000
FEATURES = (
    "very red cheeks and sharp black eyes",
    "most disagreeable-looking child ever seen",
    "held a position under the English",
)


@cache
def garden() -> Index:
    """A whole novel."""
    text = resource("samples", "secret_garden.txt").read_text("utf-8")
    return read_index([source_of(text, "The Secret Garden")])


def packed(index: Index, name: str, letters: int = BUDGET) -> EvidencePack:
    """The pack of a character."""
    return pack_evidence(index, index.find_people(name)[0].id, letters=letters)


def all_text(pack: EvidencePack) -> str:
    """Everything a pack holds, white space folded."""
    return " ".join(" ".join(passage.text for passage in pack.passages).split())


def assert_sound(index: Index, pack: EvidencePack, letters: int) -> None:
    """What holds for every pack."""
    assert pack.characters == sum(len(passage.text) for passage in pack.passages) <= letters
    for passage in pack.passages:
        assert index.sources[passage.source].text[passage.start : passage.end] == passage.text != ""
    for before, after in pairwise(pack.passages):
        assert (before.source, before.end) <= (after.source, after.start)
    assert [passage.id for passage in pack.passages] == [
        f"S{each}" for each in range(1, len(pack.passages) + 1)
    ]
    known = {passage.id for passage in pack.passages}
    assert all(set(topic.passages) <= known for topic in pack.topics)


@pytest.mark.parametrize(
    ("name", "language", "person"),
    [
        (LAMP, "en", "Maren Toll"),
        (NELL, "en", "Nell"),
        (SHEET, "en", "Ilse Brandt"),
        (WIKI, "en", "Orla"),
        (CHAT, "en", "Mira"),
        (MILL, "de", "Anna"),
    ],
)
@pytest.mark.parametrize("letters", [0, 90, 400, 50_000])
def test_every_kind_of_source_is_packed_exactly(name: str, language: str, person: str, letters: int) -> None:
    index = index_of(name, language)
    pack = packed(index, person, letters)
    assert_sound(index, pack, letters)
    assert pack.whole == (letters == 50_000)
    if pack.whole:
        assert "".join(all_text(pack).split()) == "".join(index.sources[0].text.split())


def test_a_novel_is_spread_over_and_tells_of_looks_and_past() -> None:
    index = garden()
    pack = packed(index, "Mary Lennox")
    assert_sound(index, pack, BUDGET)
    assert pack.characters > 0.9 * BUDGET and not pack.whole
    fifth = len(index.sources[0].text) / 5
    assert {int(passage.start / fifth) for passage in pack.passages} == {0, 1, 2, 3, 4}
    assert {passage.aspect for passage in pack.passages} >= {"description", "lines", "relationships", "goals"}
    assert FEATURES[1] in all_text(pack) and FEATURES[2] in all_text(pack)
    assert FEATURES[0] in all_text(packed(index, "Mrs. Medlock"))


def test_the_head_of_a_pack_tells_who_is_who() -> None:
    pack = packed(garden(), "Mary Lennox")
    assert pack.character == "Mary Lennox" and "Mistress Mary" in pack.aliases and pack.gender == "f"
    assert pack.titles == ("The Secret Garden",) and pack.words > 80_000 and pack.language == "en"
    assert {member.name for member in pack.cast[:3]} == {"Colin", "Dickon", "Martha"}
    assert pack.cast[0].shared > 50
    assert 4 <= len(pack.own_lines) <= 8
    places = {topic.name: topic for topic in pack.topics if topic.kind == "place"}
    assert "India" in places and places["India"].passages
    people = [topic for topic in pack.topics if topic.kind == "person"]
    assert all(topic.keys and topic.passages for topic in people[:5])


def test_own_lines_have_their_speaker() -> None:
    pack = packed(garden(), "Ben Weatherstaff")
    own = [passage for passage in pack.passages if passage.speaker == "Ben Weatherstaff"]
    others = {passage.speaker for passage in pack.passages} - {"", "Ben Weatherstaff"}
    assert len(own) >= 10 and others


def test_packs_are_the_same_every_time() -> None:
    source = source_of((DATA / LAMP).read_text("utf-8"))
    packs = [packed(read_index([source]), "Maren Toll", 2_000) for _ in range(2)]
    assert packs[0] == packs[1]


def test_repeated_text_is_packed_once() -> None:
    told = "Anna Reed was a tall woman with red hair and green eyes, proud of her old mother."
    changed = told.replace("old mother", "dear mother")
    filler = "Anna Reed looked at the rain that fell on the mill. "
    index = read_index(
        [source_of(f"{told} {filler}\n\n" * 20 + f"{changed}\n\n" + f"{told} {filler}\n\n" * 20)]
    )
    text = all_text(packed(index, "Anna Reed", 1_500))
    assert text.count("a tall woman with red hair") == 1


def test_sources_of_a_set_are_told_apart_and_a_sheet_goes_whole() -> None:
    sheet = (DATA / SHEET).read_text("utf-8")
    story = "Ilse Brandt walked along the harbour. She was thinking of the tide.\n\n" * 3
    other = (DATA / LAMP).read_text("utf-8")
    index = read_index([source_of(other), source_of(sheet), source_of(story)])
    pack = packed(index, "Ilse Brandt", 3_000)
    assert_sound(index, pack, 3_000)
    from_sheet = "".join(passage.text for passage in pack.passages if passage.source == 1)
    assert "".join(from_sheet.split()) == "".join(sheet.split())
    assert any(passage.source == 2 for passage in pack.passages)


def test_text_without_spaces_is_packed() -> None:
    text = "小明是一个高大的少年，黑头发，眼睛很亮。他住在北京。\n\n小明说：“我去学校。”\n\n"
    lines = "".join(f"小明说：“今天是第{number}天，我很高兴。”\n\n" for number in range(60))
    index = read_index([source_of(text + lines, language="zh")])
    pack = packed(index, "小明", 400)
    assert_sound(index, pack, 400)
    assert "高大的少年" in all_text(pack)


def test_a_text_without_sentence_ends_is_cut_to_size() -> None:
    words = " ".join(f"word{number}" for number in range(4_000))
    index = read_index([source_of(f"Anna Reed said Anna Reed knew, {words}, and Anna Reed slept {words}")])
    pack = packed(index, "Anna Reed", 2_000)
    assert_sound(index, pack, 2_000)
    assert pack.passages


def test_a_smaller_pack_keeps_the_best_of_every_aspect() -> None:
    index = garden()
    pack = packed(index, "Colin")
    best = {}
    for passage in sorted(pack.passages, key=lambda each: -each.rank):
        best[passage.aspect] = passage.id
    size = sum(len(passage.text) for passage in pack.passages if passage.id in best.values())
    smaller = fit_pack(pack, size + 1_000)
    kept = {passage.id for passage in smaller.passages}
    assert set(best.values()) <= kept < {passage.id for passage in pack.passages}
    assert smaller.characters == sum(len(passage.text) for passage in smaller.passages) <= size + 1_000
    assert {each for topic in smaller.topics for each in topic.passages} <= kept
    dropped = [passage.rank for passage in pack.passages if passage.id not in kept]
    assert max(dropped) == max(passage.rank for passage in pack.passages)


def test_a_pack_that_fits_is_left_alone_and_one_that_cannot_is_cut() -> None:
    pack = packed(garden(), "Colin", 3_000)
    assert fit_pack(pack, 3_000) is pack
    tiny = fit_pack(pack, 10)
    assert len(tiny.passages) == 1 and len(tiny.passages[0].text) == 10 == tiny.characters
    assert tiny.passages[0].end - tiny.passages[0].start == 10
    assert fit_pack(pack, 0).passages == ()


def test_messages_of_a_chat_stand_together_with_their_labels() -> None:
    index = index_of(CHAT)
    passages = packed(index, "Mira").passages
    assert all(passage.text.startswith("[12:") for passage in passages)
    assert any(" Mira: " in passage.text and " Jonas: " in passage.text for passage in passages)


def test_a_heading_begins_a_passage() -> None:
    index = index_of(WIKI)
    headings = {index.text[each.start : each.end].strip() for each in index.paragraphs if each.heading}
    passages = packed(index, "Orla").passages
    first = {passage.text.split("\n")[0].strip() for passage in passages}
    assert {"Early life", "Appearance", "Trivia"} <= headings & first


def test_whoever_chats_with_the_character_is_the_user() -> None:
    text = 'Character: Ada Venn\nUser: Tom Ash\n\nAda Venn: "You again."\n\nTom Ash: "Me. Is Piet in?"\n'
    end = text.index("\n\n")
    aside = Aside(start=0, end=end, kind=CHAT_HEADING)
    source = source_of(text, "Rye").model_copy(update={"kind": "chat", "asides": (aside,)})
    pack = packed(read_index([source]), "Ada Venn")
    assert pack.users and set(pack.users) <= {"Tom Ash", "Tom", "Ash"}
    assert not {"Tom Ash", "Tom"} & {member.name for member in pack.cast}
