"""Who is in a text: names, aliases, genders, narrators, and who is left out."""

import pytest

from cardgen_desktop.domain.people import PRESENCE_BARS
from cardgen_desktop.reading.index import read_index
from tests.reading.sources import DATA, TREASURE_ISLAND, aside, read, source, stored

FAMILY = """
Mr. Arthur Penrose lived in Harrow with his wife. Mrs. Penrose was fond of company.

"We are late," said Mrs. Penrose to her husband. "Fetch the coat, Arthur."

"I shall, my dear," said Mr. Penrose. He smiled at her and went out.

Miss Penrose, their daughter, laughed. Ellen Penrose was twenty. "Papa is slow," said Ellen.

"He is never slow," said Mrs. Penrose. She looked at Ellen. Arthur came back. He gave Mrs. Penrose the coat.

The Penroses went to Harrow church. In Harrow it rained. They stood near Harrow bridge.
"""


def names(text: str) -> list[str]:
    return [person.name for person in read(text).people()]


def test_husband_and_wife_stay_two_people() -> None:
    people = read(FAMILY).people()
    by_alias = {alias.name: person.id for person in people for alias in person.aliases}
    assert by_alias["Mr. Penrose"] == by_alias["Arthur"] == by_alias["Mr. Arthur Penrose"]
    assert by_alias["Mrs. Penrose"] != by_alias["Mr. Penrose"]
    assert by_alias["Ellen"] == by_alias["Ellen Penrose"]
    assert by_alias["Ellen"] != by_alias["Mrs. Penrose"]
    genders = {person.name: person.gender for person in people}
    assert genders["Mrs. Penrose"] == "f" and genders["Ellen"] == "f"


def test_places_and_families_are_not_people() -> None:
    index = read(FAMILY)
    assert "Harrow" not in names(FAMILY) and "Penroses" not in names(FAMILY)
    assert "Harrow" in [place.name for place in index.places]


def test_nicknames_join_their_only_formal_name() -> None:
    text = "Elizabeth Bennet smiled. “Lizzy is right,” said Jane. Elizabeth laughed. Lizzy was kind."
    index = read(text)
    assert index.find_people("Lizzy") == index.find_people("elizabeth bennet")


def test_a_persons_details() -> None:
    people = stored(DATA / "pride_and_prejudice_opening.txt").people()
    bennet = next(person for person in people if person.name == "Mrs. Bennet")
    assert bennet.main and bennet.quotes >= 10 and bennet.gender == "f"
    assert len(bennet.presence) == PRESENCE_BARS and sum(bennet.presence) >= bennet.mentions
    assert 1 <= len(bennet.sample_quotes) <= 3
    assert all(6 <= len(line.split()) <= 30 for line in bennet.sample_quotes)
    assert [alias.mentions for alias in bennet.aliases] == sorted(
        (alias.mentions for alias in bennet.aliases), reverse=True
    )
    first = (DATA / "pride_and_prejudice_opening.txt").read_text()[bennet.first.start : bennet.first.end]
    assert first in {alias.name for alias in bennet.aliases}


def test_leading_people_of_a_novels_opening() -> None:
    people = stored(DATA / "pride_and_prejudice_opening.txt").people()
    assert {"Mr. Bennet", "Mrs. Bennet", "Mr. Bingley", "Mr. Darcy"} <= {p.name for p in people[:6]}
    assert "Netherfield" not in {person.name for person in people}
    assert sum(person.main for person in people) <= 12


def test_the_narrator_has_a_name_and_a_high_place() -> None:
    people = stored(TREASURE_ISLAND).people()
    jim = next(person for person in people if person.narrator)
    assert "Jim" in {alias.name for alias in jim.aliases}
    assert people.index(jim) < 3 and jim.main


def test_a_narrator_whom_nobody_names() -> None:
    text = (
        "I was born in a cold house. I do not like cold. My sister Ann was kind. I left, and I never wrote. "
        * 4
    )
    narrator = [person for person in read(text).people() if person.narrator]
    assert [person.name for person in narrator] == ["Narrator"]
    assert narrator[0].first.start == 0


def test_a_third_person_story_has_no_narrator() -> None:
    assert not [person for person in stored(DATA / "mad_tea_party.txt").people() if person.narrator]


def test_half_a_page_is_enough() -> None:
    text = "Wren opened the door.\n\n“You are late,” said Ilka.\n\n“I know,” Wren answered. She sat down.\n"
    assert set(names(text)) == {"Wren", "Ilka"}


def test_nobody_is_found_where_nobody_is() -> None:
    index = read("The rain fell on the hill. The water ran down to the sea. In the evening the wind dropped.")
    assert index.people() == () and index.quotations() == ()
    assert read("").people() == ()


def test_asides_name_nobody() -> None:
    licence = "Mr. Michael Hart said it is free. Mr. Michael Hart founded it."
    text = f"Ann looked at Tom.\n\n“Go,” said Ann.\n\n{licence}"
    index = read_index([source(text, asides=(aside(text, licence),))])
    assert {person.name for person in index.people()} == {"Ann", "Tom"}


def test_find_people_prefers_the_whole_name_in_any_case() -> None:
    index = stored(DATA / "pride_and_prejudice_opening.txt")
    assert [person.name for person in index.find_people("MRS. BENNET")] == ["Mrs. Bennet"]
    assert {"Mr. Bennet", "Mrs. Bennet"} <= {person.name for person in index.find_people("bennet")}
    assert index.find_people("Heathcliff") == () and index.find_people(" ") == ()


def test_find_people_takes_a_name_that_says_more_than_the_text() -> None:
    index = stored(DATA / "pride_and_prejudice_opening.txt")
    assert [person.name for person in index.find_people("the good Mrs. Bennet")] == ["Mrs. Bennet"]


PIRATES = """The cook was called Long John Silver. Silver laughed. “Come here,” said Silver to Jim Hawkins.
Jim sat by Long John, and a man whom they called Black Dog came in. Long John Silver was sharp. Jim Hawkins
was not. The long night began, a long wind blew, and all day long it was a long and long way off. How long,
how long. A black cat, a black night, a black ship, a black boat and a black dog with a dog ran by. When
Black Dog saw Silver and Jim, Black Dog ran.
“Stop him,” cried Silver. I heard Long John Silver swear; John Silver knew me. Jim ran after Dr. Livesey.
“Who is it?” asked Dr. Livesey. “It is Jim,” said Dr. Livesey. The doctor, David Livesey, was calm.
""".replace("\n", " ")


def test_by_names_of_plain_words_belong_to_the_name() -> None:
    index = read(PIRATES)
    assert {"Long John Silver", "Black Dog"} <= {person.name for person in index.people()}
    silver = index.find_people("long john")[0]
    assert {"Silver", "Long John Silver", "Long John"} <= {alias.name for alias in silver.aliases}


def test_a_person_goes_by_the_full_name_unless_mostly_called_by_a_title() -> None:
    found = {person.name for person in read(PIRATES).people()}
    assert "Jim Hawkins" in found and "Dr. Livesey" in found


def test_two_sources_are_one_set() -> None:
    one, two = source("“Stay,” said Ann. Ann wept."), source("Ann came back. “Here I am,” said Ann.")
    index = read_index([one, two])
    assert [person.mentions for person in index.people()] == [4]
    assert [quotation.source for quotation in index.quotations()] == [0, 1]
    assert index.quotations()[1].text == two.text[index.quotations()[1].start : index.quotations()[1].end]


def test_progress_rises_through_its_phases() -> None:
    heard: list[tuple[float, str]] = []
    read_index([source(FAMILY)], on_progress=lambda share, phase: heard.append((share, phase)))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    assert {"Finding names", "Listening to who speaks"} <= {phase for _, phase in heard}


PIP = """My name is Pip, and I lived with Joe. I loved Joe, and Joe loved me. “Pip,” said Joe, “old chap!”
I ran to Joe. “Yes, Joe,” I said. “Pip, I am sorry,” said Joe. I laughed at him. “Pip, come,” said Joe. I went
with him. “Ever the best of friends, Pip,” said Joe. I cried, and I told Joe that I knew it.
"""


def test_a_surname_before_a_stray_capital_stays_a_surname() -> None:
    text = "Ebenezer Scrooge sat. Mr. Scrooge frowned. “Scrooge Extinguishes,” it said below. "
    index = read(text + "Scrooge rose, and Scrooge looked at Bob. " * 12)
    found = index.find_people("Ebenezer Scrooge")
    assert len(found) == 1 and found == index.find_people("Scrooge")


def test_who_tells_the_story_leads_it_when_often_named() -> None:
    first = read(PIP).people()[0]
    assert (first.name, first.narrator) == ("Pip", True)


def test_a_given_name_no_list_knows_belongs_to_its_full_name() -> None:
    text = "Dolge Orlick came in. " + "Dolge sat down, and Dolge looked at Mr. Orlick’s hat. " * 4
    index = read(text)
    assert index.find_people("Dolge Orlick") == index.find_people("Dolge")


SEA = (
    "My name is Ana Reyes. I was born by the sea, and I have never left it. My brother Luis laughs at me. "
    "“You are a stone,” says Luis. I told Luis that stones do not drown. I mend nets, and I sing. "
)
NIGHT = (
    "I work nights. “Who are you?” the guard asked. “Tomas Varga,” I said. He did not look. I went in "
    "and waited for Doctor Lind. Doctor Lind came at two. I told her what I had seen, and I was afraid. "
)
LAKE = (
    "Ich wohne am See, und ich habe nie jemanden eingeladen. Mein Nachbar Otto kommt. "
    "Ich heiße Karla Brandt. Ich mag Otto. „Du bist stur“, sagte Otto. Ich lachte, und ich gab ihm Tee. "
)
COUSIN = (
    "I am Rebecca's cousin, and I keep her house. Rebecca rides at dawn. I wait for Rebecca with coffee. "
    "Rebecca thanks me and I say that it is nothing. I have never been asked to ride. "
)
GUEST = (
    "“My name is Carl,” said the man. I wrote it down. I asked Carl where he came from. I waited for Carl. "
)


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        (SEA, "en", "Ana Reyes"),
        (NIGHT, "en", "Tomas Varga"),
        (LAKE, "de", "Karla Brandt"),
        (COUSIN, "en", "Narrator"),
        (GUEST, "en", "Narrator"),
    ],
)
def test_narrators_who_say_who_they_are_have_a_name(text: str, language: str, name: str) -> None:
    people = read(text, language=language).people()
    assert [person.name for person in people if person.narrator] == [name]


def test_a_story_may_be_called_after_who_tells_it() -> None:
    text = "I was cold. “Jane, go,” said John Reed. I went. I read my book, and I hid from John Reed. "
    assert [
        [person.name for person in read_index([source(text, title=title)]).people() if person.narrator]
        for title in ("Jane Eyre", "The Red Room")
    ] == [["Jane"], ["Narrator"]]


def test_names_in_capitals_are_shown_as_names() -> None:
    script = "NORA: Come out.\n\nSERGEANT BEAL: Evening.\n\nNORA: Wipe your feet.\n\nSERGEANT BEAL: No.\n\n"
    assert {"Nora", "Sergeant Beal"} <= set(names(script * 2))
