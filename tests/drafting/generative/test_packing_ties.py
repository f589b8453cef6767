"""Descriptions that do not name the character: by a noun, before the name, in a chapter it tells."""

from cardgen_desktop.drafting.extractive.subject import Subject
from cardgen_desktop.drafting.generative.packing import pack_evidence
from cardgen_desktop.drafting.generative.packing_book import Book
from cardgen_desktop.drafting.generative.packing_ties import read_ties
from cardgen_desktop.reading.index import Index, read_index
from tests.drafting.stories import source_of

FILLER = "The wind blew over the moor, and the road was long and empty.\n\n"
CLERK = (
    "Mr. Holm kept his office in Water Lane. Mr. Holm was rich.\n\n"
    "The clerk sat in a dismal cell beside the door. The clerk had a white comforter and no coat.\n\n"
    + FILLER * 6
    + "The clerk smiled at Mr. Holm. “A merry evening, sir,” said the clerk.\n\n"
    + FILLER * 6
    + "That night Tom Pratt, clerk to Mr. Holm, ran home. “Father is here!” cried the children. "
    "Tom Pratt laughed. Tom Pratt took off his hat. “I am glad,” said Tom Pratt. Tom Pratt sat down. "
    "Tom Pratt sang.\n\n"
)
JOURNALS = (
    "CHAPTER I. ADA MOSS'S JOURNAL\n\n"
    + "I rose early and went to the window. I have always been afraid of the dark, and I told nobody.\n\n" * 3
    + "CHAPTER II. PETER GALE'S JOURNAL\n\n"
    + "I am a doctor of forty years, and I have a lame leg. I met Ada Moss. I like Ada Moss.\n\n" * 3
    + "“Peter Gale!” said Ada Moss. “Ada Moss!” said Peter Gale. Peter Gale smiled. Ada Moss smiled.\n\n"
)


def texts(index: Index, name: str, tie: str) -> str:
    """The text of the pieces with one kind of tie to a character."""
    book, found = Book(index), index.find_people(name)[0]
    ties = read_ties(book, Subject(index, found.id))
    return " ".join(
        index.text[book.pieces[each].start : book.pieces[each].end] for each in getattr(ties, tie)
    )


def test_a_noun_beside_the_name_means_the_character_everywhere() -> None:
    index = read_index([source_of(CLERK)])
    assert "dismal cell" in texts(index, "Tom Pratt", "nominal")
    assert "dismal cell" not in texts(index, "Mr. Holm", "nominal")
    person = index.find_people("Tom Pratt")[0].id
    pack = pack_evidence(index, person, letters=500)
    assert any("white comforter" in passage.text for passage in pack.passages)


def test_the_i_of_a_chapter_is_the_one_its_heading_names() -> None:
    index = read_index([source_of(JOURNALS)])
    assert "lame leg" in texts(index, "Peter Gale", "told")
    assert "afraid of the dark" not in texts(index, "Peter Gale", "told")
    assert "afraid of the dark" in texts(index, "Ada Moss", "told")


def test_a_stranger_described_long_before_his_name_is_told_is_packed() -> None:
    arrival = (
        "He was a tall, strong, heavy man with a white scar across one cheek and black, broken nails.\n\n"
    )
    days = "".join(f"On day {number} the inn was quiet and the road was empty.\n\n" for number in range(110))
    named = (
        "“Otto Brack!” cried the pedlar. Otto Brack turned. Otto Brack drank. Otto Brack went out.\n\n" * 3
    )
    index = read_index([source_of("The inn stood by the sea.\n\n" + arrival + days + named)])
    pack = pack_evidence(index, index.find_people("Otto Brack")[0].id, letters=700)
    assert any("white scar" in passage.text for passage in pack.passages)
