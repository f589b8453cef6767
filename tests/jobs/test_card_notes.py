"""What a plain file of a card says of its picture and files, and what it does not."""

from cardgen_desktop.domain.card import Card, CardData, CardFile
from cardgen_desktop.jobs.card_notes import digests_in, with_note, without_note
from cardgen_desktop.store.card_files import StoredPicture

DIGEST, OTHER = "a" * 64, "b" * 64
CARD = Card(data=CardData(name="Ada", extensions={"theirs": 1, "cardgen_desktop": {"byaf": {"x": 1}}}))


def test_picture_and_files_are_noted_and_come_back() -> None:
    picture, files = StoredPicture(sha256=DIGEST), (CardFile(path="a.png", bytes=3, sha256=OTHER),)
    noted = with_note(CARD, picture, files)
    assert without_note(noted) == (CARD, picture, files)
    assert digests_in(noted.model_dump_json().encode()) == {DIGEST, OTHER}


def test_a_card_without_picture_and_files_keeps_no_note_of_another() -> None:
    imported = with_note(CARD, StoredPicture(sha256=DIGEST), ())
    assert with_note(imported, StoredPicture(), ()) == CARD
    assert with_note(CARD, StoredPicture(), ()) == CARD


def test_a_note_that_names_what_is_no_digest_is_not_believed() -> None:
    note = {"picture": {"sha256": "../../secret"}, "files": [{"path": "a", "bytes": 1, "sha256": "x"}]}
    card = Card(data=CardData(name="Ada", extensions={"cardgen_desktop": {"library": note}}))
    plain, picture, files = without_note(card)
    assert (plain.data.extensions, picture, files) == ({}, StoredPicture(), ())
