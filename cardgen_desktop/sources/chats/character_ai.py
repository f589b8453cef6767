"""Character.AI: the older histories, the turns with candidates, and what CAI Tools makes of both."""

from typing import Any

from .messages import Chat, Message, joined
from .values import Row, row_of, rows_of, text_of


def is_histories(whole: Row) -> bool:
    """Whether this has the older histories, a chat each."""
    return "histories" in whole


def read_histories(whole: Row) -> Chat:
    """The messages of all histories; an alternative that was not chosen is no message."""
    held = whole["histories"]
    histories = rows_of(held if isinstance(held, list) else row_of(held).get("histories"))
    return joined([_history(history) for history in histories])


def is_turns(whole: Row) -> bool:
    """Whether this is an answer of the newer interface: turns, each with its candidates."""
    return any("candidates" in row for row in rows_of(whole.get("turns"))[:1])


def read_turns(whole: Row) -> Chat:
    """The turns in the order of their times: the interface hands out the newest first."""
    return turns_of(rows_of(whole["turns"]))


def turns_of(rows: list[Row]) -> Chat:
    """The messages of a list of turns, of each the candidate that was chosen."""
    times = [text_of(row.get("create_time")) for row in rows]
    order = sorted(range(len(rows)), key=times.__getitem__) if all(times) else range(len(rows))
    chat = Chat()
    for row in (rows[place] for place in order):
        author = row_of(row.get("author"))
        by_user = author.get("is_human") is True
        chat.messages.append(Message(text_of(author.get("name")), _chosen(row), by_user))
    return chat


def is_simple(row: Row) -> bool:
    """Whether this is a message as CAI Tools keeps it."""
    return "message" in row and ("isHuman" in row or "isUser" in row)


def simple_chat(value: Any) -> Chat:
    """The chat of such messages, or of several lists of them."""
    if isinstance(value, list) and any(isinstance(each, list) for each in value):
        return joined([_simple(rows_of(each)) for each in value])
    return _simple(rows_of(value))


def _simple(rows: list[Row]) -> Chat:
    messages = [
        Message(text_of(row.get("name")), text_of(row.get("message")), _is_human(row))
        for row in rows
        if is_simple(row)
    ]
    return Chat(messages=messages)


def _is_human(row: Row) -> bool:
    return row.get("isHuman") is True or row.get("isUser") is True


def _chosen(turn: Row) -> str:
    candidates = rows_of(turn.get("candidates"))
    primary = [each for each in candidates if each.get("candidate_id") == turn.get("primary_candidate_id")]
    return text_of((primary or candidates)[-1].get("raw_content")) if candidates else ""


def _history(history: Row) -> Chat:
    chat = Chat()
    for row in rows_of(history.get("msgs")):
        source = row_of(row.get("src"))
        if row.get("is_alternative") is not True:
            by_user = source.get("is_human") is True
            chat.messages.append(Message(text_of(source.get("name")), text_of(row.get("text")), by_user))
    return chat
