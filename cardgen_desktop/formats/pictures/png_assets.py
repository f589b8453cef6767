"""Assets that RisuAI keeps in a PNG: tEXt chunks `chara-ext-asset_:N` or `chara-ext-asset_N`, in base64.

A card names them `__asset:N` (SPEC_V3.md, assets). They are taken out of the picture and put back into the
very places they came from, so that the picture and its assets can be kept and edited apart.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence

from ...domain.asset_addresses import CHUNK_SCHEME
from .. import limits
from ..findings import Findings, UnreadableError
from ..read_card import ContainedFile
from .png_chunks import Chunk, PngFile, joined, text_chunk, too_many_chunks, walk

_KEYWORD = "chara-ext-asset_"
_PREFIX = _KEYWORD.encode()
_LONGEST_KEYWORD = 79  # PNG, tEXt
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_WHITE = b" \t\r\n\v\f\0"
_FIRST_LINE = 128  # base64 that is broken into lines has its first break before this


def asset_files(png: PngFile, findings: Findings) -> tuple[ContainedFile, ...]:
    """The assets of a walked PNG in their order, which are not decoded before they are read.

    Of two chunks with the same number the last counts, as in RisuAI. What is over the limit of a text chunk
    or plainly broken is told and stays in the picture.
    """
    if not any(keyword.startswith(_KEYWORD) for keyword, _ in png.keyed):
        return ()
    usable = _usable(png.texts, findings, _outer_trouble)
    return tuple(_file(path, chunk) for path, chunk in usable.items())


def take_out(data: bytes) -> tuple[bytes, tuple[ContainedFile, ...]]:
    """A PNG with its asset chunks emptied in their places, and the assets; one that is broken stays in.

    Raises `UnreadableError` when it is no PNG or over a limit.
    """
    png = walk(data)
    usable = _usable(png.texts, Findings(), _trouble)
    if not usable:
        return data, ()
    places = {chunk.start for chunk in usable.values()}
    hollow = (_emptied(chunk) if chunk.start in places else chunk for chunk in png.chunks)
    return joined(hollow, png.tail), tuple(_file(path, chunk) for path, chunk in usable.items())


def put_in(hollow: bytes, files: Sequence[ContainedFile]) -> bytes:
    """Fill the emptied asset chunks again; those without a file go, and new files go in before the end.

    Every path has to begin with `__asset:`. Raises `UnreadableError` when a file cannot be read or a limit is
    passed, ValueError for a path that no chunk can have.
    """
    waiting = {number_in(file.path): file for file in files}
    png = walk(hollow)
    if png.cut:
        raise UnreadableError("Its picture is cut short.")
    places = {number: chunk.start for chunk, number in _numbered(png.chunks) if not _text(chunk)}
    kept: list[Chunk] = []
    for chunk in png.chunks:
        number = number_of(chunk)
        if chunk.kind == b"IEND":
            kept.extend(
                _filled(f"{_KEYWORD}:{rest}", waiting[rest]) for rest in waiting if rest not in places
            )
        if number is None or places.get(number) != chunk.start:
            kept.append(chunk)
        elif number in waiting:
            kept.append(_filled(_keyword(chunk), waiting[number]))
    if len(kept) > limits.PNG_CHUNKS:
        raise too_many_chunks()
    return joined(kept, png.tail)


def number_of(chunk: Chunk) -> str | None:
    """What an asset chunk is called by the card, most often a number; None for every other chunk."""
    if chunk.kind != b"tEXt" or chunk.source[chunk.start : chunk.start + len(_PREFIX)] != _PREFIX:
        return None
    head = bytes(chunk.data[: _LONGEST_KEYWORD + 1])
    if b"\0" not in head:
        return None
    return _keyword(chunk).removeprefix(_KEYWORD).removeprefix(":")


def number_in(path: str) -> str:
    """What the path of a contained file calls an asset chunk; ValueError when no chunk can be called so."""
    number = path.removeprefix(CHUNK_SCHEME)
    keyword = f"{_KEYWORD}:{number}"
    if number == path or "\0" in path or len(keyword.encode("latin-1")) > _LONGEST_KEYWORD:
        raise ValueError(f"{path!r} cannot be kept in a chunk of a PNG")
    return number


def is_chunk_path(path: str) -> bool:
    """Whether a contained file can be kept in a chunk that is called as its path says."""
    try:
        number_in(path)
    except ValueError:
        return False
    return True


Judge = Callable[[memoryview], str]


def _usable(chunks: Iterable[Chunk], findings: Findings, trouble_of: Judge) -> dict[str, Chunk]:
    """The chunks that can be taken out, by path."""
    usable: dict[str, Chunk] = {}
    for chunk, number in _numbered(chunks):
        path = f"{CHUNK_SCHEME}{number}"
        trouble = trouble_of(_text(chunk))
        if trouble:
            findings.warning(path, f"{trouble} It stays in the picture as it is.")
            continue
        if path in usable:
            findings.warning(path, "The picture has this asset twice; the last one is used.")
        usable[path] = chunk
    return usable


def _numbered(chunks: Iterable[Chunk]) -> list[tuple[Chunk, str]]:
    return [(chunk, number) for chunk in chunks if (number := number_of(chunk)) is not None]


def _outer_trouble(text: memoryview) -> str:
    """Why an asset cannot be used, as far as its length and its first and last letters tell."""
    return _too_large(len(text) * 3 // 4) if _looks_plain(text) else _trouble(text)


def _trouble(text: memoryview) -> str:
    """Why an asset cannot be used, by all of its letters; an empty text when it can."""
    digits = _digits(text)
    if digits.translate(None, _ALPHABET) or len(digits) % 4 == 1:
        return "The asset is broken base64."
    return _too_large(len(digits) * 3 // 4)


def _too_large(size: int) -> str:
    limit = limits.megabytes(limits.TEXT_CHUNK_BYTES)
    return f"The asset is larger than {limit}, the limit of one." if size > limits.TEXT_CHUNK_BYTES else ""


def _looks_plain(text: memoryview) -> bool:
    """Whether this is base64 as RisuAI writes it: one line, the plain alphabet, the right padding."""
    head = bytes(text[:_FIRST_LINE]).rstrip(b"=")
    return len(text) % 4 == 0 and not head.translate(None, _ALPHABET) and bytes(text[-3:-2]) != b"="


def _digits(text: memoryview) -> bytes:
    return bytes(text).translate(_URL_SAFE, _WHITE).rstrip(b"=")


def _file(path: str, chunk: Chunk) -> ContainedFile:
    text = _text(chunk)
    size = _plain_size(text) if _looks_plain(text) else len(_digits(text)) * 3 // 4
    return ContainedFile(path, size, lambda: _decoded(path, chunk, size))


def _plain_size(text: memoryview) -> int:
    return len(text) // 4 * 3 - bytes(text[-2:]).count(b"=")


def _decoded(path: str, chunk: Chunk, size: int) -> bytes:
    digits = _digits(_text(chunk))
    try:
        content = base64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except binascii.Error as error:
        raise UnreadableError(f"The asset `{path}` is broken base64.") from error
    if len(content) != size:
        raise UnreadableError(f"The asset `{path}` is broken base64.")
    return content


def _keyword(chunk: Chunk) -> str:
    return bytes(chunk.data[: _LONGEST_KEYWORD + 1]).partition(b"\0")[0].decode("latin-1")


def _text(chunk: Chunk) -> memoryview:
    return chunk.data[len(_keyword(chunk)) + 1 :]


def _emptied(chunk: Chunk) -> Chunk:
    return text_chunk(_keyword(chunk), b"")


def _filled(keyword: str, file: ContainedFile) -> Chunk:
    content = file.read()
    if trouble := _too_large(len(content)):
        raise UnreadableError(trouble)
    return text_chunk(keyword, base64.b64encode(content))
