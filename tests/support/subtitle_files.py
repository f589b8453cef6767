"""Subtitle files made for tests: SubRip, WebVTT and SubStation Alpha out of cues."""

from collections.abc import Iterable

Timed = tuple[float, float, str]


def stamp(time: float, point: str) -> str:
    """A time mark `HH:MM:SS` with thousandths behind the given point."""
    thousandths = round(time * 1000)
    seconds, thousandths = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def subrip(cues: Iterable[Timed]) -> str:
    """A SubRip file of start, end and text."""
    return "\n".join(
        f"{number}\n{stamp(start, ',')} --> {stamp(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )


def spoken(*texts: str, length: float = 2.0, pause: float = 0.5) -> str:
    """A SubRip file of texts that follow one another at an even pace."""
    return subrip(
        (at * (length + pause), at * (length + pause) + length, each) for at, each in enumerate(texts)
    )


def webvtt(cues: Iterable[Timed], between: str = "") -> str:
    """A WebVTT file; `between` stands in front of the first cue."""
    body = "\n".join(
        f"{stamp(start, '.')} --> {stamp(end, '.')} align:start\n{text}\n" for start, end, text in cues
    )
    return f"WEBVTT\nKind: captions\n\n{between}{body}"


def substation(lines: Iterable[tuple[float, float, str, str, str]], title: str = "") -> str:
    """A SubStation Alpha file of start, end, style, name and text."""
    head = f"[Script Info]\n; made by a test\n{f'Title: {title}' if title else ''}\nScriptType: v4.00+\n\n"
    styles = "[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Serif\n\n"
    columns = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    events = "".join(
        f"Dialogue: 0,{stamp(start, '.')[1:-1]},{stamp(end, '.')[1:-1]},{style},{name},0,0,0,,{text}\n"
        for start, end, style, name, text in lines
    )
    return f"{head}{styles}[Events]\nFormat: {columns}\n{events}"
