"""Cards of pages about one character: wiki pages and notes in Markdown, and sheets as forums have them."""

from pathlib import Path
from tempfile import TemporaryDirectory

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.draft import DraftedCard
from cardgen_desktop.drafting.verify import problems_of
from cardgen_desktop.reading.index import Index, read_index
from cardgen_desktop.sources.registry import read_source
from tests.drafting.stories import draft

WIKI = """# Thorne Valmir

> "I did not ask to be forgiven. I asked to be let in."

**Thorne Valmir** is a mercenary in *Ashes of Calder*, and the former captain of the Ninth Lance.

| Attribute | Value |
|---|---|
| Age | 41 |
| Occupation | Mercenary (formerly captain) |

## Appearance
Thorne is a tall, gaunt man with **silver-streaked** black hair. His right eye is covered by a leather patch.

## Personality
Courteous to the point of coldness, Thorne hides his guilt behind dry humour. He never raises his voice.

## Relationships
- **Isolde Valmir** – his younger sister. She has not answered his letters in nine years.

## Skills
**Skills** Medicine +5, Religion +3, and Thorne knows them.

## Quotes
- "A gate is only wood. It is the hand that opens it that matters."
- "Keep walking. The marsh likes people who stop."
"""

WIKITEXT = """{{Infobox character
| name        = Selka Marrow
| age         = 19
| affiliation = [[The Tidewrights]]
}}
'''Selka Marrow''' is one of the main characters of ''[[Drowned Bells]]''.<ref>Episode 1</ref>

==Appearance==
Selka is short and broad-shouldered, with cropped black hair. She wears a canvas coat stiff with salt.

==Personality==
Selka is blunt, curious and stubborn to a fault. She hates being helped and loves being asked.

==Relationships==
* '''[[Ulf Marrow|Captain Ulf]]''': her uncle, whom she calls "the old anchor".

==Quotes==
* "If it sinks, it is mine to keep."
"""

HTML = """<html><head><title>Orrin Vale | Starfall Wiki | Fandom</title></head><body><h1>Orrin Vale</h1>
<table><tr><th>Age</th><td>52</td></tr><tr><th>Occupation</th><td>Navigator</td></tr></table>
<p><b>Orrin Vale</b> is the navigator of the Lark. He sings to his maps.</p>
<h2>Appearance<span>[edit]</span></h2><p>Orrin is a heavy man with a white beard and tattooed hands.</p>
<h2>Personality<span>[edit]</span></h2><p>Orrin is gentle, forgetful and proud of his maps.</p>
<h2>Quotes</h2><ul><li>"A map is a promise."</li><li>"Left. No. The other left."</li></ul></body></html>
"""

ATTRIBUTES = """[Character("Rhea")
{
Species("Android")
Appearance("Chrome jaw" + "Tall")
Personality("Curious" + "Deadpan" + "Loyal")
Likes("Old films" + "Rain")
}]
"""

SHEET = """~*~ CHARACTER SHEET ~*~

Name: Kestrel "Kes" Ardane
Nickname(s): Birdie (she hates it)
Age: 24
Hair: Copper, braided

Appearance:
Kes is small and wiry, with freckles across her nose and a burn scar on her left forearm.

Personality:
Sarcastic, restless, fiercely loyal. She lies badly and knows it. Terrified of deep water.

Likes: engines, rain on metal roofs

Backstory:
Kes grew up in the hangars of Lowmarket. She has been flying smuggling runs ever since.

Sample post:
"Hand me the number four," Kes said without looking up. "Preferably today."
"""


def page(text: str, name: str) -> tuple[Index, DraftedCard]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, "utf-8")
        index = read_index([read_source(path)])
    return index, draft(index, index.people()[0].id)


def wiki() -> CardData:
    return page(WIKI, "thorne.md")[1].card


def sheet() -> CardData:
    return page(SHEET, "kes.txt")[1].card


def test_a_wiki_page_in_markdown_leaves_no_marks_on_its_card() -> None:
    card = wiki()
    told = "\n".join([card.description, card.personality, card.first_mes, card.mes_example])
    assert not any(mark in told for mark in ("**", "|", "\n> ", "##", " ,"))
    assert "silver-streaked black hair" in card.description
    assert "+5" not in card.description
    assert "Isolde Valmir – his younger sister." in card.description


def test_a_wiki_page_gives_its_name_its_table_and_its_quotes() -> None:
    card = wiki()
    assert card.name == "Thorne Valmir"
    assert "Age: 41" in card.description and "Occupation: Mercenary (formerly captain)" in card.description
    assert "He never raises his voice." in card.personality
    assert '{{char}}: "A gate is only wood.' in card.mes_example
    assert '{{char}}: "Keep walking.' in card.mes_example
    assert all(not greeting.startswith("-") for greeting in card.alternate_greetings)


def test_words_with_marks_between_them_are_adapted_and_all_others_verbatim() -> None:
    index, drafted = page(WIKI, "thorne.md")
    names = ("Thorne Valmir", "Thorne")
    assert problems_of(drafted, index.sources, names) == []
    kinds = {
        record.text.strip("- \n"): record.kind for records in drafted.evidence.values() for record in records
    }
    assert any(kind == "adapted" and "silver-streaked" in text for text, kind in kinds.items())
    assert any(kind == "verbatim" and "never raises his voice" in text for text, kind in kinds.items())


def test_a_nickname_in_the_name_row_is_the_character() -> None:
    index, _ = page(SHEET, "kes.txt")
    assert index.find_people("Kes") == index.find_people("Birdie")
    assert [person.name for person in index.people()] == ["Kes"]


def test_prose_below_a_label_goes_where_the_label_says() -> None:
    card = sheet()
    assert "She lies badly and knows it. Terrified of deep water." in card.personality
    assert "grew up in the hangars of Lowmarket. She has been flying" in card.description
    assert "Background:" in card.description
    assert "Personality:" not in card.description and "Sample post" not in card.first_mes
    assert card.first_mes.startswith('"Hand me the number four,"')


def test_a_page_is_no_world() -> None:
    assert "world of" not in sheet().scenario and "world of" not in wiki().scenario
    assert "Character Sheet" not in sheet().description
    assert page(SHEET, "kes.txt")[0].sources[0].title == "Character Sheet"


def test_wikitext_leaves_no_marks_and_its_box_is_read() -> None:
    index, drafted = page(WIKITEXT, "selka.txt")
    card = drafted.card
    told = "\n".join([card.description, card.personality, card.mes_example, card.first_mes])
    assert not any(mark in told for mark in ("[[", "]]", "''", "==", "<ref", "{{Infobox", "| "))
    assert card.name == "Selka Marrow" and "age: 19" in card.description
    assert "affiliation: The Tidewrights" in card.description and "cropped black hair" in card.description
    assert "She hates being helped and loves being asked." in card.personality
    assert '{{char}}: "If it sinks, it is mine to keep."' in card.mes_example
    assert "Said of" not in card.description and card.description.count("Relationships:") == 1
    assert problems_of(drafted, index.sources, ("Selka Marrow", "Selka")) == []


def test_a_saved_wiki_page_gives_its_table_and_has_the_name_of_its_title() -> None:
    index, drafted = page(HTML, "orrin.html")
    card = drafted.card
    assert card.name == index.sources[0].title == "Orrin Vale"
    assert "Age: 52" in card.description and "Occupation: Navigator" in card.description
    assert "[edit]" not in card.description and "proud of his maps" in card.personality
    assert '{{char}}: "Left. No. The other left."' in card.mes_example
    assert problems_of(drafted, index.sources, ("Orrin Vale", "Orrin")) == []


def test_pasted_attributes_are_read_as_on_a_card() -> None:
    index, drafted = page(ATTRIBUTES, "rhea.txt")
    assert index.sources[0].kind == "card" and drafted.card.name == "Rhea"
    assert "Species: Android" in drafted.card.description
    assert "Likes: Old films, Rain" in drafted.card.personality
    assert drafted.card.character_book is None or not drafted.card.character_book.entries


def test_items_of_a_sheet_are_no_speech() -> None:
    text = "Name: Marlowe Finch\nAge: 32\n- lives above a noodle bar\n- collects broken watches\n"
    assert page(text, "notes.txt")[0].segments == []


def test_a_word_of_the_title_is_no_lorebook_entry() -> None:
    story = (
        "The Cartographer\n\nInes Okoro keeps her hand in her pocket. She is forty and narrow.\n\n"
        '"Maps," says Ines. She looks at Halvorsen.\n\n"Of where?" says Halvorsen.\n\nInes laughs.\n'
    )
    book = page(story, "story.txt")[1].card.character_book
    names = {entry.name for entry in book.entries} if book else set()
    assert "Halvorsen" in names and "Cartographer" not in names
