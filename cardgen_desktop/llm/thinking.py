"""Thoughts that a model writes into its text, between `<think>` tags at the beginning."""

MOST_SPACE = 1_000
"""White space that is held back for a tag behind it; a model may go on with it for ever."""

_CLOSING = {"<think>": "</think>", "<thinking>": "</thinking>"}


class ThinkingSplitter:
    """Text in pieces, split into thoughts and answer. Only tags at the very beginning count."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._read = self._before

    def feed(self, piece: str) -> tuple[str, str]:
        """What of the text so far is (thoughts, answer); an end that may become a tag waits for more."""
        self._held += piece
        return self._read()

    def end(self) -> tuple[str, str]:
        """What was waiting for more, as (thoughts, answer)."""
        return (self._take(), "") if self._read == self._within else ("", self._take())

    def _take(self) -> str:
        held, self._held = self._held, ""
        return held

    def _before(self) -> tuple[str, str]:
        start = self._held.lstrip()
        for tag, closing in _CLOSING.items():
            if start.startswith(tag):
                self._held, self._closing, self._read = start[len(tag) :], closing, self._within
                return self._within()
        if len(self._held) < MOST_SPACE and any(tag.startswith(start) for tag in _CLOSING):
            return "", ""
        self._read = self._answer
        return self._answer()

    def _within(self) -> tuple[str, str]:
        thoughts, found, self._held = self._held.partition(self._closing)
        if found:
            self._read = self._after
            return thoughts, self._after()[1]
        kept = _tag_begun(thoughts, self._closing)
        self._held = thoughts[len(thoughts) - kept :]
        return thoughts[: len(thoughts) - kept], ""

    def _after(self) -> tuple[str, str]:
        """The answer without the empty lines between it and the thoughts."""
        self._held = self._held.lstrip()
        if self._held:
            self._read = self._answer
        return self._answer()

    def _answer(self) -> tuple[str, str]:
        return "", self._take()


def _tag_begun(text: str, tag: str) -> int:
    """How many letters at the end of a text are the beginning of a tag."""
    return next((length for length in range(len(tag) - 1, 0, -1) if text.endswith(tag[:length])), 0)
