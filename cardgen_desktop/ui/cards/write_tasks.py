"""The larger things that can be written for a card: a greeting, a lorebook entry, all of its texts."""

from collections.abc import Callable

from ...domain.draft import OFFLINE_ENGINE
from ..wording import counted
from .fields import label_of
from .rewriting import card_request, drafted_places, entry_request, greeting_request, rewrite_request
from .session import EditSession
from .write_dialog import WriteTask

StyleOf = Callable[[], str]
TaskOf = Callable[[EditSession, StyleOf], WriteTask]


def greeting_task(session: EditSession, style: StyleOf) -> WriteTask:
    """One more alternate greeting."""
    document = session.document
    return WriteTask(
        "Write another greeting…",
        "It comes as a proposal; the card gets it when you accept.",
        "Mood",
        "tense, at night – or leave it to the model",
        "Write it",
        lambda engine, wish: greeting_request(document.record, document.data, engine, style(), wish),
        needs_model=True,
    )


def entry_task(session: EditSession, style: StyleOf) -> WriteTask:
    """One more lorebook entry."""
    document = session.document
    return WriteTask(
        "Write an entry…",
        "It comes as a proposal; the card gets it when you accept.",
        "About",
        "a place, person or thing – or leave it to the source",
        "Write it",
        lambda engine, wish: entry_request(document.record, document.data, engine, style(), wish),
        needs_model=True,
    )


def card_task(session: EditSession, style: StyleOf) -> WriteTask:
    """Every text of the card again."""
    document = session.document
    count = counted(len(drafted_places(document.data)), "text")
    return WriteTask(
        "Rewrite the card…",
        f"A proposal for each of its {count}. The card stays as it is until you accept.",
        "Wish",
        "shorter, in the present tense, more of her humour…",
        "Write proposals",
        lambda engine, wish: card_request(
            document.record, document.data, engine, style(), "" if engine == OFFLINE_ENGINE else wish
        ),
    )


def field_task(path: str) -> TaskOf:
    """One text of the card again, by a wish in the person's own words."""

    def task(session: EditSession, style: StyleOf) -> WriteTask:
        label, document = label_of(path), session.document
        return WriteTask(
            f"Rewrite: {label[:1].lower()}{label[1:]}",
            "It comes as a proposal; the text changes when you accept.",
            "How",
            "drier, two short paragraphs, without the sea…",
            "Write it",
            lambda engine, wish: rewrite_request(document.record, path, engine, style(), wish),
            needs_model=True,
        )

    return task
