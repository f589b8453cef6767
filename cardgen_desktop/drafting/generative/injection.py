"""Text that tells a model what to do, or that would make a program fetch something: found, never removed."""

import re
from collections.abc import Iterable, Iterator

from .patterns import data, pattern

Found = tuple[int, str]
"""Where something begins in a text, and the text itself."""

_ORDER = pattern("injection", "orders")
_ANY_ORDER = pattern("injection", "orders", "addressed")
_ADDRESS = pattern("injection", "addresses", "markup")
_WORDS = re.compile(r"[^\W_]+")
_STOP = frozenset(data("injection")["stop"].split())
_SENTENCE = re.compile(r"[^.!?…。！？\n]+[.!?…。！？]*")
LEAST_WORDS = 3
SHARE = 0.6


def orders_in(text: str, *, for_models: bool = False) -> Iterator[Found]:
    """Stretches of a text that speak to a model rather than tell of a character.

    A text that is itself `for_models`, such as a system prompt, may say what a model should do.
    """
    for found in (_ORDER if for_models else _ANY_ORDER).finditer(text):
        yield found.start(), found[0]


def addresses_in(text: str) -> Iterator[Found]:
    """Links, addresses and markup that a program might follow."""
    for found in _ADDRESS.finditer(text):
        yield found.start(), found[0]


def gives_orders(text: str) -> bool:
    """Whether a text holds an order to a model, or an address."""
    return _ANY_ORDER.search(text) is not None or _ADDRESS.search(text) is not None


def sentences_in(text: str) -> Iterator[Found]:
    """Rough sentences of any language, with where they begin."""
    for found in _SENTENCE.finditer(text):
        if found[0].strip():
            yield found.start() + len(found[0]) - len(found[0].lstrip()), found[0].strip()


def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, in lower case."""
    return frozenset(word for word in _WORDS.findall(text.lower()) if word not in _STOP and len(word) > 1)


def orders_of_source(texts: Iterable[str]) -> tuple[frozenset[str], ...]:
    """The words of every sentence of a source that gives orders to a model."""
    return tuple(
        words
        for text in texts
        if gives_orders(text)
        for _, sentence in sentences_in(text)
        if gives_orders(sentence) and len(words := content_words(sentence)) >= LEAST_WORDS
    )


def taken_from(sentence: str, orders: Iterable[frozenset[str]]) -> bool:
    """Whether a sentence says again most of what one of the orders says."""
    words = content_words(sentence)
    return any(len(words & order) >= SHARE * len(order) for order in orders)
