"""Which capitalised words are names."""

import pytest

from cardgen_desktop.reading.aliases import alias_key
from tests.reading.sources import DATA, read, stored


def surfaces(text: str) -> set[str]:
    return {mention.surface for mention in read(text).mentions}


def test_sentence_starts_and_calendar_are_no_names() -> None:
    text = "Perhaps it rained. On Monday the Vicar came from France. Then Lucas laughed; nobody liked Lucas."
    assert surfaces(text) & {"Perhaps", "Monday", "Then", "On"} == set()
    assert "Lucas" in surfaces(text)


def test_a_day_is_a_name_once_it_speaks() -> None:
    lines = (
        "“Come,” said Sunday. “No,” replied Sunday. “Yes,” Sunday said, and the man called Sunday laughed."
    )
    assert "Sunday" in surfaces(lines)
    assert "Sunday" not in surfaces(
        "They came on Sunday. The boat leaves on Sunday. She liked a Sunday at home."
    )


def test_a_month_may_begin_a_name() -> None:
    assert any(mention.surface == "March Hare" for mention in stored(DATA / "mad_tea_party.txt").mentions)


def test_titles_and_particles_belong_to_the_name() -> None:
    found = surfaces(
        "There sat Lady Catherine de Bourgh with Mr. Collins. The King of Spain bowed to the Duke of Alba."
    )
    assert {"Lady Catherine de Bourgh", "Mr. Collins", "Duke of Alba"} <= found


def test_a_form_of_address_alone_is_no_name() -> None:
    assert not surfaces("“Yes, Miss,” he said. “Come in, Sir. Good day, Madam. Well, Mr. — what?”")


def test_possessives_end_before_the_s() -> None:
    index = read("We saw Mary’s house. In Mary's garden sat Tom.")
    assert [(each.surface, each.possessive) for each in index.mentions][:2] == [
        ("Mary", True),
        ("Mary", True),
    ]


@pytest.mark.parametrize(
    ("words", "vocative"),
    [
        ("“Come here, Mary,” said Tom Hill.", True),
        ("“Mary! Come here,” said Tom Hill.", True),
        ("“My dear Mary, come here,” said Tom Hill.", True),
        ("“I saw Mary there,” said Tom Hill.", False),
        ("“Mary.” It was all Tom Hill would say.", False),
    ],
)
def test_vocatives(words: str, vocative: bool) -> None:
    index = read(f"Tom Hill met Mary Hill. Tom liked Mary.\n\n{words}")
    inside = [mention for mention in index.mentions if mention.in_quote]
    assert [mention.vocative for mention in inside] == [vocative]


def test_spelling_does_not_change_who_it_is() -> None:
    assert alias_key("MR.  DARCY") == alias_key("Mr. Darcy") == alias_key("Mr Darcy")
