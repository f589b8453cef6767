"""Thoughts that a model writes into its text, between `<think>` tags at the beginning."""

_OPEN = ("<think>", "<thinking>")
_CLOSE = ("</think>", "</thinking>")
_LONGEST = max(map(len, _CLOSE))


class ThinkingSplitter:
    """Text in pieces, split into thoughts and answer. Only tags at the very beginning count."""

    def __init__(self) -> None:
        self._held = ""
        self._state = "before"

    def feed(self, piece: str) -> tuple[str, str]:
        """What of the text so far is (thoughts, answer); an end that may become a tag waits for more."""
        if self._state == "answer":
            return "", piece
        self._held += piece
        if self._state == "before" and not self._open():
            return "", ""
        return self._thoughts() if self._state == "thinking" else ("", self._release())

    def end(self) -> tuple[str, str]:
        """What was waiting for more, as (thoughts, answer)."""
        rest = self._release()
        return (rest, "") if self._state == "thinking" else ("", rest)

    def _release(self) -> str:
        held, self._held = self._held, ""
        return held

    def _open(self) -> bool:
        """Whether it is decided how the text begins."""
        start = self._held.lstrip()
        for tag in _OPEN:
            if start.startswith(tag):
                self._state, self._held = "thinking", start[len(tag) :]
                return True
        if any(tag.startswith(start) for tag in _OPEN):
            return False
        self._state = "answer"
        return True

    def _thoughts(self) -> tuple[str, str]:
        for tag in _CLOSE:
            thoughts, found, answer = self._held.partition(tag)
            if found:
                self._state, self._held = "after", answer
                return thoughts, self._answer()
        keep = self._possible_tag()
        thoughts = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return thoughts, ""

    def _answer(self) -> str:
        """The answer without the empty lines between it and the thoughts."""
        text = self._held.lstrip()
        self._held, self._state = "", "answer" if text else "before"
        return text

    def _possible_tag(self) -> int:
        """How many letters at the end may be the beginning of a closing tag."""
        for length in range(min(_LONGEST, len(self._held)), 0, -1):
            if any(tag.startswith(self._held[-length:]) for tag in _CLOSE):
                return length
        return 0
