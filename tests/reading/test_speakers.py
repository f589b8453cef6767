"""Who says what: tags, pronouns, turns, vocatives, and how sure it is."""

import pytest

from tests.reading.sources import DATA, read, spoken, stored

CAST = "Mary Lennox sat by Tom Carter. Mary looked at Tom. Tom smiled at Mary. She nodded; he laughed.\n\n"


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ('"Come," said Mary.', "Mary"),
        ('"Come," Tom said quietly.', "Tom"),
        ('"Come," cried out poor Mary.', "Mary"),
        ('"Come," said he, and took her hand.', "Tom"),
        ('"Come," she answered.', "Mary"),
        ('Then Tom, who was tired, said, "Come along."', "Tom"),
        ('Mary turned to the door and asked: "Who is there?"', "Mary"),
        ('"Come!" Tom, who was tired, had quietly answered.', "Tom"),
        ('A voice came from the dark; it was the voice of Tom, who said, "Come along."', "Tom"),
    ],
)
def test_a_tag_tells_the_speaker(words: str, speaker: str) -> None:
    index = read(CAST + words)
    aliases = {
        name
        for person in index.people()
        if person.name == index.quotations()[0].speaker
        for name in _names(person)
    }
    assert speaker in aliases


def _names(person: object) -> list[str]:
    return [alias.name for alias in person.aliases]  # type: ignore[attr-defined]


def test_turns_go_back_and_forth() -> None:
    text = (
        CAST
        + '"Are you cold?" asked Mary.\n\n"No," said Tom.\n\n"You are."\n\n"I am not."\n\n'
        + '"Tom!"\n\n"Well, a little."'
    )
    said = [speaker.split()[0] if speaker else None for speaker, _ in spoken(read(text))]
    assert said == ["Mary", "Tom", "Mary", "Tom", "Mary", "Tom"]


def test_name_tags_are_sure_and_guesses_less_so() -> None:
    text = CAST + '"Are you cold?" asked Mary.\n\n"Not at all."'
    first, second = read(text).quotations()
    assert first.confidence >= 0.95 and 0 < second.confidence < first.confidence


def test_nobody_to_choose_from_gives_no_speaker() -> None:
    assert spoken(read('"Is anybody there?"\n\nThe wind blew. "Nobody at all."')) == [
        (None, "Is anybody there?"),
        (None, "Nobody at all."),
    ]


def test_a_title_noun_is_the_titled_person() -> None:
    text = (
        "Dr. Livesey came in with Captain Smollett and Squire Trelawney. Dr. Livesey sat down.\n\n"
        '"Good evening," said the doctor.\n\n"Good evening," replied the captain.\n\n'
        '"Sit down," said the squire.'
    )
    assert [speaker for speaker, _ in spoken(read(text))] == [
        "Dr. Livesey",
        "Captain Smollett",
        "Squire Trelawney",
    ]


def test_who_says_his_name_is_the_speaker() -> None:
    text = (
        "Tom Carter walked up to the man. Tom was afraid.\n\n"
        "“I am Ben Gunn,” he said. “Poor Ben Gunn!”\n\nBen Gunn wept."
    )
    assert [speaker for speaker, _ in spoken(read(text))] == ["Ben Gunn", "Ben Gunn"]


def test_a_chapter_of_alice() -> None:
    index = stored(DATA / "mad_tea_party.txt")
    said = {words: speaker for speaker, words in spoken(index)}
    assert said["Have some wine,"] in ("March Hare", "Hare")
    assert said["Your hair wants cutting,"] == "Hatter"
    assert said["You should learn not to make personal remarks,"] == "Alice"
    tagged = [each for each in index.quotations() if each.confidence >= 0.95]
    assert len(tagged) > 0.4 * len(index.quotations())


def test_the_lines_of_one_person() -> None:
    index = stored(DATA / "mad_tea_party.txt")
    hatter = index.find_people("Hatter")[0]
    sure, all_lines = index.utterances_of(hatter.id, 0.9), index.utterances_of(hatter.id, 0.0)
    assert 5 < len(sure) <= len(all_lines)
    assert all(unit.speaker == hatter.id for unit in all_lines)


NOUNS = """Tom Alder and Mary Finch sat by the fire. Tom Alder was tired, and Mary Finch told him so.

"You are late," said Tom Alder. "I know it," said Mary Finch.

Tom Alder had a dog, and Mary Finch had a cat. Tom Alder smiled at Mary Finch.

"""


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ('Tom Alder looked up. "Open the door," said the sergeant.', "the sergeant"),
        ('Tom Alder rose. "Good day," said Tom Alder\'s nephew.', "Tom Alder's nephew"),
        ('Mary Finch rose. "Good day," said his lawyer.', "his lawyer"),
    ],
)
def test_who_is_named_by_a_noun_only_is_nobody_else(words: str, speaker: str) -> None:
    index = read(NOUNS + words)
    assert index.quotations()[-1].speaker == speaker


def test_a_noun_that_stands_beside_a_name_means_that_one() -> None:
    text = (
        NOUNS
        + "The gardener, Tom Alder, went out. Tom Alder, the gardener, came in again.\n\n"
        + 'Mary Finch sighed. "Cold," said the gardener. "My sister, Mary Finch, is kind."\n\n'
        + '"Warm," said the gardener to Mary Finch.'
    )
    assert {said.speaker for said in read(text).quotations()[2:]} == {"Tom Alder"}


def test_whom_a_title_means_has_been_named_by_then() -> None:
    early = 'Tom Alder bowed. "Sit down," said the captain.\n\n'
    later = "Nobody spoke.\n\n" * 30 + "Captain Brandt came. Captain Brandt sat by Captain Brandt's dog."
    near = "Captain Brandt came. Captain Brandt sat down, and Mary Finch left.\n\n"
    assert read(NOUNS + early + later).quotations()[-1].speaker == "the captain"
    assert read(NOUNS + near + early).quotations()[-1].speaker == "Captain Brandt"
