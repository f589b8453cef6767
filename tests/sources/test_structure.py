"""Headings, set-aside parts, titles, languages and word counts of texts without markup."""

from pathlib import Path

import pytest

from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.sources.headings import looks_like_title, roman_value
from cardgen_desktop.sources.language import PIECE_CHARACTERS, count_words, detect_language, language_code
from cardgen_desktop.sources.registry import read_bytes
from cardgen_desktop.sources.titles import readable_name

OPENING = Path(__file__).parent.parent / "data" / "treasure_island_opening.txt"
BODY = "The lamp burned low, and nobody in the house had slept.\nRain came over the roof.\n\n"


def read(text: str, name: str = "book.txt") -> SourceText:
    return read_bytes(text.encode(), name)


def titles(text: str, name: str = "book.txt") -> list[tuple[int, str]]:
    source = read(text, name)
    for heading in source.headings:
        first_word = heading.title.split()[0].rstrip(":")
        assert source.text[heading.start : heading.end].lstrip("# ").startswith(first_word)
    return [(heading.level, heading.title) for heading in source.headings]


def chapters(*lines: str) -> str:
    return "".join(f"{line}\n\n\n{BODY * 3}" for line in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["CHAPTER I", "CHAPTER II"], [(1, "CHAPTER I"), (1, "CHAPTER II")]),
        (
            ["CHAPTER I.\n\nTHE LAMP", "CHAPTER II.\nThe Boat"],
            [(1, "CHAPTER I. THE LAMP"), (1, "CHAPTER II. The Boat")],
        ),
        (
            ["PART ONE--Night", "Chapter 1. The Lamp", "Chapter 2"],
            [(1, "PART ONE--Night"), (2, "Chapter 1. The Lamp"), (2, "Chapter 2")],
        ),
        (["I.", "II.", "III."], [(1, "I."), (1, "II."), (1, "III.")]),
        (["1.  The Lamp", "2.  The Boat"], [(1, "1. The Lamp"), (1, "2. The Boat")]),
        (["1\n\nThe Lamp Goes Out", "2\n\nThe Boat"], [(1, "1: The Lamp Goes Out"), (1, "2: The Boat")]),
        (["Prologue", "Chapter Twenty-One"], [(1, "Prologue"), (1, "Chapter Twenty-One")]),
        (["Erstes Kapitel", "Zweites Kapitel"], [(1, "Erstes Kapitel"), (1, "Zweites Kapitel")]),
        (["第一章 灯", "第二章 船"], [(1, "第一章 灯"), (1, "第二章 船")]),
        (["## The Lamp", "## The Boat"], [(1, "The Lamp"), (1, "The Boat")]),
        (["\n\nTHE LAMP", "\n\nTHE BOAT"], [(1, "THE LAMP"), (1, "THE BOAT")]),
    ],
)  # fmt: skip
def test_chapter_headings(lines: list[str], expected: list[tuple[int, str]]) -> None:
    assert titles(chapters(*lines)) == expected


def test_sentences_and_lone_numbers_are_no_headings() -> None:
    lines = ["Part two of the plan was worse.", "Chapter 3 was torn out,", "I", "7", "“Go!”"]
    assert titles(chapters(*lines)) == []


def test_a_real_book_opening() -> None:
    found = titles(OPENING.read_text("utf-8"))
    assert found[:2] == [(1, "PART ONE--The Old Buccaneer"), (2, "1: The Old Sea-dog at the Admiral Benbow")]


def test_markdown_headings_front_matter_and_comments() -> None:
    text = (
        "---\ntitle: \"The Lamp\"\nlang: en\n---\n\nThe Lamp\n========\n\n"
        "# *One* [night](x.html)\n\nA\nText\n---\n\n"
        "```\n# no heading\n```\n\n<!-- later -->\n"
    )  # fmt: skip
    source = read(text, "x.md")
    assert source.text == text
    assert source.title == "The Lamp"
    assert source.language == "en"
    assert [heading.title for heading in source.headings] == ["The Lamp", "One night"]
    kinds = {aside.kind: text[aside.start : aside.end] for aside in source.asides}
    assert kinds == {"front_matter": text[: text.index("The Lamp\n=") - 1], "comment": "<!-- later -->"}


GUTENBERG = (
    "The Project Gutenberg EBook of The Lamp, by Nobody\n\nTitle: The Lamp\n\nLanguage: English\n\n"
    "*** START OF THIS PROJECT GUTENBERG EBOOK THE LAMP ***\n\nProduced by Some Body and\nthe Team\n\n\n"
    "STORY\n\nEnd of the Project Gutenberg EBook of The Lamp\n\n"
    "*** END OF THIS PROJECT GUTENBERG EBOOK ***\n\nlicence\n"
)


def licences(text: str) -> list[str]:
    source = read(text)
    return [text[aside.start : aside.end] for aside in source.asides if aside.kind == "licence"]


def test_the_licence_is_marked_and_stays() -> None:
    text = GUTENBERG.replace("STORY", chapters("I", "II"))
    header, footer = licences(text)
    assert header.endswith("Some Body and\nthe Team")
    assert footer.startswith("End of the Project Gutenberg EBook") and footer.endswith("licence\n")
    source = read(text)
    assert source.text == text
    assert source.title == "The Lamp"
    assert len(source.headings) == 2


@pytest.mark.parametrize(
    "start",
    [
        "***START OF THE PROJECT GUTENBERG EBOOK THE LAMP***",
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04*END*",
    ],
)
def test_older_licences(start: str) -> None:
    header, footer = licences(f"Small print.\n\n{start}\n\n{BODY}End of Project Gutenberg's The Lamp\n")
    assert header == f"Small print.\n\n{start}"
    assert footer == "End of Project Gutenberg's The Lamp\n"


def test_a_table_of_contents_is_set_aside_and_gives_no_headings() -> None:
    items = "  Introduction\n  1.  The Lamp . . . . 4\n  2.  The Boat  . . . . 19\n  3.  The Storm . . . 30"
    contents = f"Contents\n\n{items}"
    text = f"{contents}\n\n\n\n\n" + chapters("Introduction", "1.  The Lamp", "2.  The Boat", "3.  The Storm")
    source = read(text)
    (aside,) = source.asides
    assert (aside.kind, text[aside.start : aside.end]) == ("contents", contents)
    assert [heading.title for heading in source.headings] == [
        "Introduction",
        "1. The Lamp",
        "2. The Boat",
        "3. The Storm",
    ]


def test_page_numbers_are_set_aside_but_chapter_numbers_are_not() -> None:
    pages = "".join(f"{BODY * 12}[{number}]\n\n" for number in range(40, 55))
    assert len([a for a in read(pages).asides if a.kind == "page_number"]) == 15
    bare = "".join(f"{BODY * 12}{number}\n\n" for number in range(40, 55))
    assert len([a for a in read(bare).asides if a.kind == "page_number"]) == 15
    numbered = "".join(f"{number}\n\n{BODY * 90}" for number in range(1, 16))
    source = read(numbered)
    assert (len(source.asides), len(source.headings)) == (0, 15)


def test_titles_fall_back_from_the_header_to_the_file_name() -> None:
    assert read("The Keeper of the Lamp\n\n" + BODY).title == "The Keeper of the Lamp"
    assert read(BODY, "the_keeper-of-the_lamp.en.txt").title == "The Keeper Of The Lamp"
    assert read(chapters("CHAPTER I", "CHAPTER II"), "Lamp.txt").title == "Lamp"
    assert [readable_name(stem) for stem in ("lamp_two", "McGee's Lamp", "___", "a.b")] == [
        "Lamp Two", "McGee's Lamp", "___", "A B",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "She did not know what to say, and so she said that it was late and that they were all tired.",
            "en",
        ),
        (
            "Er wusste nicht, was er ihr sagen sollte, und so ging er mit dem Hund in die Stadt.",
            "de",
        ),
        (
            "Elle ne savait pas ce qu'il fallait dire, et il était tard pour les gens de la maison.",
            "fr",
        ),
        (
            "No sabía qué decir a la mujer, pero era tarde y todos estaban en la casa con el perro.",
            "es",
        ),
        (
            "Non sapeva che cosa dire alla donna, ma era tardi e tutti erano nella casa con il cane.",
            "it",
        ),
        (
            "Ela não sabia o que dizer ao homem, mas era tarde e todos estavam na casa com o cão.",
            "pt",
        ),
        (
            "Она не знала, что ему сказать, и он ушёл в город, а потом так и не вернулся.",
            "ru",
        ),
        (
            "Hon visste inte vad hon skulle säga, och det var sent, så han gick till staden med sin hund.",
            "sv",
        ),
        (
            "Ze wist niet wat ze hem moest zeggen en het was laat, dus ging hij met de hond naar de stad.",
            "nl",
        ),
        ("彼女は何も言わずに、海の方を見ていた。", "ja"),
        ("她没有说话，只是看着大海。", "zh"),
        ("그녀는 아무 말도 하지 않고 바다를 보았다.", "ko"),
        ("لم تقل شيئا ونظرت إلى البحر", "ar"),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", ""),
        ("12 34 56", ""),
        ("", ""),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert detect_language(text) == code


def test_words_are_counted_across_the_pieces_they_are_counted_in() -> None:
    assert count_words("") == 0
    assert count_words("Don't, stop_it 12!") == 4
    assert count_words("a" * (PIECE_CHARACTERS + 5)) == 1
    assert count_words("ab " * PIECE_CHARACTERS) == PIECE_CHARACTERS


def test_small_things() -> None:
    assert [roman_value(numeral) for numeral in ("I", "iv", "XIX", "XLIX", "CXC")] == [1, 4, 19, 49, 190]
    assert [language_code(tag) for tag in ("en-GB", "DE_de", "und", "English", "")] == [
        "en",
        "de",
        "",
        "",
        "",
    ]
    assert looks_like_title("The Old Sea-dog at the Admiral Benbow")
    assert not looks_like_title("She said that she would go.")
    assert not looks_like_title("“No!”")


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("THE KEEPER OF THE LAMP", "The Keeper of the Lamp"),
        ("HENRY IV", "Henry IV"),
        ("L'ÎLE AU TRÉSOR", "L'île au Trésor"),
        ("IT", "IT"),
        ("The OLD House", "The OLD House"),
    ],
)
def test_a_title_page_in_capitals_is_shown_in_title_case(printed: str, shown: str) -> None:
    assert read(f"{printed}\n\n\n{BODY}").title == shown
