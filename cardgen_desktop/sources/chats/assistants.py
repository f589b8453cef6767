"""Exports of assistants, many conversations in a file: ChatGPT, Claude, and lists in the form of ShareGPT."""

from .messages import Chat, Message, joined
from .values import Row, row_of, rows_of, text_of

PEOPLE = frozenset({"user", "human"})
ASSISTANTS = frozenset({"assistant", "gpt", "chatgpt", "bard", "bing", "model"})
SHOWN = frozenset({"", "text", "multimodal_text"})


def is_conversation(row: Row) -> bool:
    """Whether this is a conversation of one of these exports."""
    return (
        isinstance(row.get("mapping"), dict)
        or isinstance(row.get("chat_messages"), list)
        or any("from" in each for each in rows_of(row.get("conversations"))[:1])
    )


def read_conversations(rows: list[Row]) -> Chat:
    """The messages of all conversations, in the order of the file."""
    return joined([_conversation(row) for row in rows])


def _conversation(row: Row) -> Chat:
    if isinstance(row.get("mapping"), dict):
        return Chat(messages=[message for node in _path(row) for message in _of_node(node)])
    if isinstance(row.get("chat_messages"), list):
        return Chat(messages=[_of_claude(each) for each in rows_of(row["chat_messages"])])
    said = rows_of(row.get("conversations"))
    shared = [each for each in said if text_of(each.get("from")) in PEOPLE | ASSISTANTS]
    return Chat(messages=[Message("", text_of(e.get("value")), e.get("from") in PEOPLE) for e in shared])


def _path(row: Row) -> list[Row]:
    """From the first message to the one that is shown last; answers that were replaced lie beside it."""
    nodes: Row = row["mapping"]
    at = row.get("current_node")
    if not isinstance(at, str) or at not in nodes:
        return [node for node in nodes.values() if isinstance(node, dict)]
    path: dict[str, Row] = {}
    while isinstance(at, str) and at not in path and isinstance(nodes.get(at), dict):
        path[at] = nodes[at]
        at = nodes[at].get("parent")
    return list(reversed(path.values()))


def _of_node(node: Row) -> list[Message]:
    """The message of a node, if it is shown and no call of a tool."""
    message = row_of(node.get("message"))
    role = text_of(row_of(message.get("author")).get("role"))
    content = row_of(message.get("content"))
    hidden = row_of(message.get("metadata")).get("is_visually_hidden_from_conversation") is True
    is_call = text_of(message.get("recipient")) not in ("", "all")
    if hidden or is_call or role not in PEOPLE | ASSISTANTS:
        return []
    if text_of(content.get("content_type")) not in SHOWN:
        return []
    parts = content.get("parts")
    words = [text_of(part) for part in parts] if isinstance(parts, list) else []
    return [Message("", "\n".join(word for word in words if word), role in PEOPLE)]


def _of_claude(row: Row) -> Message:
    parts = [text_of(part.get("text")) for part in rows_of(row.get("content")) if part.get("type") == "text"]
    text = "\n".join(part for part in parts if part) or text_of(row.get("text"))
    return Message("", text, text_of(row.get("sender")) in PEOPLE)
