"""Which sentence is about whom."""

from cardgen_desktop.reading.index import Index
from tests.reading.sources import DATA, read, stored


def about(index: Index, name: str, tier: str = "strict") -> dict[str, float]:
    person = index.find_people(name)[0]
    sentences = [(index.sentences[each.sentence], each.weight) for each in index.focus_of(person.id, tier)]  # type: ignore[arg-type]
    return {index.text[sentence.start : sentence.end]: weight for sentence, weight in sentences}


TEXT = (
    "Ann Moore looked up from her book. She was tall, with grey eyes. A dog barked. "
    "Ann's brother came in. Everybody liked old Tom Moore. He laughed.\n\n"
    "“I am never ill,” said Tom. The forehead was broad and the hair was thin."
)


def test_names_pronouns_and_possessives_weigh_differently() -> None:
    found = about(read(TEXT), "Ann")
    assert found["Ann Moore looked up from her book."] == 1.0
    assert found["She was tall, with grey eyes."] == 0.8
    assert found["Ann's brother came in."] == 0.75
    assert "A dog barked." not in found


def test_a_pronoun_goes_to_the_latest_of_its_gender() -> None:
    index = read(TEXT)
    assert about(index, "Tom")["He laughed."] == 0.8
    assert "He laughed." not in about(index, "Ann")


def test_rivals_make_a_pronoun_doubtful() -> None:
    text = "Ann Moore looked at Jane Hill. Jane laughed. She was tall."
    assert about(read(text), "Jane")["She was tall."] < 0.6


def test_the_wide_tier_adds_descriptions_that_name_nobody() -> None:
    index = read(TEXT)
    description = "The forehead was broad and the hair was thin."
    assert description not in about(index, "Tom")
    assert 0.3 <= about(index, "Tom", "wide")[description] <= 0.34
    assert set(about(index, "Tom")) <= set(about(index, "Tom", "wide"))


def test_focus_is_in_order_and_bounded() -> None:
    index = stored(DATA / "pride_and_prejudice_opening.txt")
    for person in index.people():
        rows = index.focus_of(person.id, "wide")
        assert [row.sentence for row in rows] == sorted({row.sentence for row in rows})
        assert all(0 < row.weight <= 1 for row in rows)


def test_co_mentions_count_shared_paragraphs() -> None:
    index = read(
        "Ann met Tom. Tom met Ann.\n\nAnn said nothing to Jane. Jane smiled; Ann smiled.\n\n“Go,” said Tom."
    )
    ann, tom, jane = (index.find_people(name)[0].id for name in ("Ann", "Tom", "Jane"))
    assert index.co_mentions(ann) == {tom: 1, jane: 1}


def test_a_stranger_takes_the_pronouns_and_lends_them_to_the_next_new_name() -> None:
    text = (
        "Tom Moore stood at the gate. There was a boy by the wall. He had a thin pale face and red hair.\n\n"
        "“I am cold,” he said.\n\nColin Craven was his name. Colin laughed at Tom, and he shook his head."
    )
    index = read(text)
    description = "He had a thin pale face and red hair."
    assert description not in about(index, "Tom")
    assert description not in about(index, "Colin")
    assert about(index, "Colin", "wide")[description] == 0.34


def test_he_was_a_man_brings_nobody_new() -> None:
    index = read("Tom Moore stood at the gate. He was a man of sense. He had a thin pale face.")
    assert about(index, "Tom")["He had a thin pale face."] == 0.8
