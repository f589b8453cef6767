"""Files that were added together keep their order while they arrive in another."""

from cardgen_desktop.ui.draft.arrivals import Arrivals
from tests.support.samples import sample_texts, summary_of

NOVEL, NOTES = (summary_of(number, text) for number, text in enumerate(sample_texts(), 1))


def test_files_keep_their_order_while_they_arrive_in_another() -> None:
    arrivals = Arrivals()
    arrivals.expect(["novel.txt", "notes.txt"])
    both = {"novel.txt": "", "notes.txt": ""}
    assert [row.name for row in arrivals.rows((), both)] == ["novel.txt", "notes.txt"]
    arrivals.note("notes.txt", NOTES.id)
    shown = list(arrivals.rows((NOTES,), {"novel.txt": "Reading"}))
    assert [row.state for row in shown] == ["reading", "warning"] and shown[1].source == NOTES
    arrivals.note("novel.txt", NOVEL.id)
    arrived = {NOTES.id: NOTES, NOVEL.id: NOVEL}
    assert [row.source for row in arrivals.rows(tuple(arrived.values()), {})] == [NOVEL, NOTES]
    settled = arrivals.settle(["novel.txt", "notes.txt"], arrived)
    assert list(settled.values()) == [NOVEL, NOTES]
    assert [row.source for row in arrivals.rows(tuple(settled.values()), {})] == [NOVEL, NOTES]


def test_what_was_on_the_desk_stays_above_and_what_failed_leaves_no_gap() -> None:
    arrivals = Arrivals()
    arrivals.expect(["broken.pdf", "notes.txt"])
    arrivals.note("notes.txt", NOTES.id)
    assert [row.source for row in arrivals.rows((NOVEL, NOTES), {})] == [NOVEL, NOTES]
    assert list(arrivals.settle(["broken.pdf", "notes.txt"], {NOVEL.id: NOVEL, NOTES.id: NOTES})) == [
        NOVEL.id,
        NOTES.id,
    ]
