"""Nothing on a card is somebody else's: lines, sentences with pronouns, letters, addresses."""

from cardgen_desktop.domain.draft import DraftedCard
from cardgen_desktop.drafting.extractive.aspects import score_passages
from cardgen_desktop.drafting.extractive.company import company_of, people_line
from cardgen_desktop.drafting.extractive.dialogue import exchanges
from cardgen_desktop.drafting.extractive.greetings import greetings
from cardgen_desktop.drafting.extractive.readable import is_title
from cardgen_desktop.drafting.extractive.stretches import words_of
from cardgen_desktop.drafting.extractive.subject import Subject
from cardgen_desktop.drafting.extractive.titles import first_in_world, title_of, world_of
from cardgen_desktop.drafting.extractive.utterances import is_sure, spoken_by
from cardgen_desktop.reading.index import read_index
from tests.drafting.stories import LAMP, NELL, card_of, draft, source_of, subject_of

CAST = (
    '"Good day," said Rosa Hale. "Good day, Rosa," said Ned Hale. "Sit down, Ned," said Rosa.\n\n'
    '"I will, Rosa," said Ned. "Do, Ned," said Rosa Hale.\n\n'
)


def rosa(text: str, title: str = "A Story") -> Subject:
    """Rosa in a text that begins with her and her brother talking."""
    index = read_index([source_of(CAST + text, title)])
    return Subject(index, index.find_people("Rosa")[0].id)


def card(subject: Subject) -> DraftedCard:
    return draft(subject.index, subject.id)


def said(subject: Subject) -> str:
    """All that is taken for Rosa's words."""
    lines = (subject.index.text[start:end] for line in spoken_by(subject, 0.0) for start, end in line.pieces)
    return " | ".join(lines)


def quality(subject: Subject, words: str, aspect: str) -> float:
    found = [
        item.quality[aspect]
        for item in score_passages(subject)
        if words in subject.index.text[item.passage.start : item.passage.end]
    ]
    return max(found, default=0.0)


def test_a_line_that_calls_its_speaker_is_somebody_elses() -> None:
    subject = rosa('"Rosa, the boat is leaving without you," said Rosa Hale.')
    assert "the boat is leaving" not in said(subject)
    assert "Sit down, Ned" in said(subject)


def test_a_line_beside_another_speakers_pronoun_is_left_out_of_a_shared_paragraph() -> None:
    subject = rosa('"Why do you never leave the bridge?" he asked. "I like the water best," said Rosa.')
    assert "never leave the bridge" not in said(subject)
    assert "I like the water best" in said(subject)


def test_nobody_speaks_as_somebody_else() -> None:
    subject = rosa('"I am Ned, the ferryman of this town," said Rosa.')
    assert "the ferryman" not in said(subject)


def test_a_speaker_may_say_its_own_name() -> None:
    subject = rosa('"I am Rosa, the keeper of this bridge," said Rosa Hale.')
    assert "the keeper of this bridge" in said(subject)


def test_a_tag_with_another_subject_after_the_name_is_no_tag() -> None:
    subject = rosa('As Rosa came in they looked at her, and one of them said:\n\n"Have you seen the king?"')
    assert "Have you seen the king" not in said(subject)


def test_no_greeting_and_no_example_has_the_character_call_itself() -> None:
    drafted = card(rosa('"Rosa, will you tell me where you are going so late?" said Rosa Hale.'))
    spoken = [drafted.card.first_mes, drafted.card.mes_example, *drafted.card.alternate_greetings]
    assert not any("tell me where you are going" in text for text in spoken)


def test_greetings_begin_with_surely_own_lines() -> None:
    subject = subject_of(LAMP, "Maren")
    assert is_sure(subject, spoken_by(subject, 0.99)[0].unit)
    assert greetings(subject, 1)[0].sure


def test_a_partner_does_not_speak_of_the_character() -> None:
    subject = rosa('"I wonder where Rosa has gone this evening," said Ned.\n\n"I am here," said Rosa.')
    lines = [line for exchange in exchanges(subject) for line in exchange.lines]
    assert not any("wonder where" in subject.index.text[line.start : line.end] for line in lines)


def test_a_pronoun_after_a_nameless_stranger_is_the_strangers() -> None:
    near = rosa("Rosa Hale stood up. She had a pale, thin face and grey hair.")
    after = rosa("Rosa Hale stood up. Then an old woman came in. She had a pale, thin face and grey hair.")
    told = rosa("Rosa Hale was an old woman. She had a pale, thin face and grey hair.")
    assert quality(near, "pale, thin face", "appearance") > 0
    assert quality(after, "pale, thin face", "appearance") == 0
    assert quality(told, "pale, thin face", "appearance") > 0


def test_a_sentence_about_another_that_ends_with_the_name_is_not_the_characters() -> None:
    subject = rosa("In his talks with Rosa, Ned was always proud and stubborn.\n\nRosa was proud and kind.")
    assert quality(subject, "In his talks", "personality") == 0
    assert quality(subject, "Rosa was proud", "personality") > 0


def test_lines_of_a_table_of_contents_and_time_marks_are_no_sentences() -> None:
    assert is_title("How Rosa Saved the Lamp 4.")
    assert is_title("00:03:02,950 --> 00:03:05,870 I am alone.")
    assert not is_title("Rosa was born in 1840.")


def test_company_is_counted_where_it_stands() -> None:
    subject = subject_of(LAMP, "Maren")
    found = company_of(subject)
    assert found and all(item.spans for item in found)
    assert "Toby" in found[0].text
    counted = int(found[0].text.split("(")[1].split()[0])
    assert 2 <= counted <= len(found[0].spans)
    around = people_line(subject)
    assert around is not None and around.spans and around.text in card_of(LAMP, "Maren").card.scenario


def test_company_stands_below_the_relationships() -> None:
    description = card_of(LAMP, "Toby").card.description
    assert "Often together with: " in description.split("Relationships:")[1]


def test_a_card_without_an_introducing_sentence_says_where_it_comes_from() -> None:
    drafted = card(rosa("Then Rosa laughed at the grey rain.", "The Toll Bridge"))
    assert drafted.card.description.startswith("{{char}} is a character in The Toll Bridge.")
    first = drafted.evidence["description"][0]
    assert first.kind == "computed" and first.spans


def test_the_number_of_a_file_is_not_part_of_its_title() -> None:
    assert title_of(rosa("", "113 The Secret Garden")) == "The Secret Garden"
    assert title_of(rosa("", "1984")) == "1984"


def test_a_card_is_of_the_world_of_the_story_that_names_the_character_most() -> None:
    notes = source_of("Somebody wrote that Rosa Hale was tired. Nobody else was.", "Loose Notes")
    story = source_of(CAST + "Then Rosa laughed at the grey rain.", "The Toll Bridge")
    index = read_index([notes, story])
    subject = Subject(index, index.find_people("Rosa")[0].id)
    assert world_of(subject) == title_of(subject) == "The Toll Bridge"
    drafted = card(subject)
    assert "in the world of The Toll Bridge." in drafted.card.scenario
    assert [span.source for span in first_in_world(subject)] == [1]


def test_tags_say_sex_and_language() -> None:
    assert {"female", "English"} <= set(card_of(LAMP, "Maren").card.tags)


def test_signs_of_scripts_without_spaces_are_counted_two_by_two() -> None:
    assert len(words_of("你们是来换班的吗")) == 4
    assert words_of("Maren の lamp") == ("maren", "の", "lamp")


def test_every_computed_record_of_a_narrator_has_a_place() -> None:
    for person in ("Nell", "Crewe"):
        records = [record for records in card_of(NELL, person).evidence.values() for record in records]
        assert all(record.spans for record in records if record.kind == "computed")


def test_a_line_that_calls_its_speaker_after_an_i_is_somebody_elses_too() -> None:
    assert "we shall not find" not in said(rosa('"I hope, Rosa, we shall not find them," said Rosa.'))


def test_a_sentence_about_a_relative_is_not_the_characters_nature() -> None:
    subject = rosa("Rosa laughed. Her sister was a proud and stubborn girl. She was proud and kind.")
    assert quality(subject, "Her sister", "personality") == 0


def test_what_stands_right_after_the_name_is_a_tag() -> None:
    assert "lawyer" in card(rosa("Rosa Hale the lawyer was a woman of few words.")).card.tags
    assert "lawyer" not in card(rosa("They met Rosa, the lawyer, and the whole town.")).card.tags


def test_a_pronoun_before_the_name_is_another_speaker_when_the_sex_is_not_known() -> None:
    text = (
        "Ysolde Marr keeps the bridge. Ysolde hates liars, and Ysolde laughed at the rain.\n\n"
        '"Why do you never leave?" he asked. "Somebody has to be here," said Ysolde.'
    )
    index = read_index([source_of(text)])
    found = Subject(index, index.find_people("Ysolde")[0].id)
    assert "never leave" not in said(found) and "Somebody has to be here" in said(found)
