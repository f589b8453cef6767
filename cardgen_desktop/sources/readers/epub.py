"""EPUB books (OCF and OPF, versions 2 and 3): chapters in spine order, headings from markup and contents."""

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urldefrag

from ...domain.errors import SourceError
from ...domain.source import Heading
from ..archive import Archive, local_name, parse_xml
from ..builder import TextBuilder
from ..encoding import decode
from ..limits import MAX_HEADINGS
from ..lines import fold
from ..markup import PageWalker, parse_html
from ..reader import Extract, Reader, Sample

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
PAGE_TYPES = frozenset({"application/xhtml+xml", "text/html", "application/xml", "text/xml"})
HEADING_REACH = 300

_PAGE_SUFFIX = re.compile(r"\.x?html?$", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the book's own table of contents: `page` is an entry of the archive, `anchor` an id in it."""

    title: str
    level: int
    page: str
    anchor: str


@dataclass(slots=True)
class Package:
    """What the OPF file says: where pages and contents are, in archive entry names."""

    title: str = ""
    language: str = ""
    spine: list[str] = field(default_factory=list)
    ncx: str = ""
    navigation: str = ""


def read_epub(data: bytes, name: str) -> Extract:
    """Read a book; a missing container is worked around, missing chapters are told, locked ones refused."""
    archive = Archive(data, name)
    path, whole = _package_path(archive, name)
    package = _read_package(archive, path, name)
    _refuse_locked(archive, package, name)
    builder = TextBuilder(name)
    places, missing = _write_pages(archive, package.spine, builder, name)
    contents = _contents(archive, package, name)
    extract = builder.extract()
    extract.title, extract.language = package.title, package.language
    extract.headings = _with_contents(extract, contents, places)
    if not whole:
        extract.warn(
            "no_container", f'"{name}" does not say where its book begins. Its package file was found.'
        )
    if missing:
        extract.warn(
            "truncated", f'"{name}" lacks {missing} of its {len(package.spine)} parts. The others were read.'
        )
    return extract


def _package_path(archive: Archive, name: str) -> tuple[str, bool]:
    """The OPF file, and whether the container names it."""
    if archive.find(CONTAINER):
        for element in parse_xml(archive.read(CONTAINER), name, CONTAINER).iter():
            path = element.get("full-path", "") if local_name(element) == "rootfile" else ""
            if path and archive.find(path):
                return path, True
    packages = sorted((entry for entry in archive.names if entry.lower().endswith(".opf")), key=len)
    if not packages:
        raise SourceError(
            f'"{name}" is an EPUB book without a package file, so its chapters cannot be found. '
            "Repair it in a book editor, or save its text and use that."
        )
    return packages[0], False


def _read_package(archive: Archive, path: str, name: str) -> Package:
    root = parse_xml(archive.read(path), name, path)
    package, pages, toc = Package(), {}, ""
    for element in root.iter():
        tag = local_name(element)
        if tag in ("title", "language") and not getattr(package, tag):
            setattr(package, tag, (element.text or "").strip())
        elif tag == "item":
            target = _resolve(path, element.get("href", ""))[0]
            pages[element.get("id", "")] = (target, element.get("media-type", ""))
            package.navigation = (
                target if "nav" in element.get("properties", "").split() else package.navigation
            )
        elif tag == "spine":
            toc = element.get("toc", "")
        elif tag == "itemref":
            target, kind = pages.get(element.get("idref", ""), ("", ""))
            package.spine += (
                [target] if target and (kind in PAGE_TYPES or _PAGE_SUFFIX.search(target)) else []
            )
    ncx = [target for target, kind in pages.values() if kind == "application/x-dtbncx+xml"]
    package.ncx = pages.get(toc, ("", ""))[0] or (ncx[0] if ncx else "")
    package.spine = list(dict.fromkeys(package.spine))
    return package


def _resolve(base: str, reference: str) -> tuple[str, str]:
    """An archive entry and an anchor for a reference found in the entry `base`."""
    target, anchor = urldefrag(unquote(reference.strip()))
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), target)) if target else base
    return path.lstrip("/"), anchor


def _refuse_locked(archive: Archive, package: Package, name: str) -> None:
    """Scrambled fonts are common and harmless; encrypted chapters need a key that we do not have."""
    if not archive.find(ENCRYPTION):
        return
    algorithm = ""
    for element in parse_xml(archive.read(ENCRYPTION), name, ENCRYPTION).iter():
        if local_name(element) == "EncryptionMethod":
            algorithm = element.get("Algorithm", "")
        locked = local_name(element) == "CipherReference" and algorithm not in FONT_SCRAMBLING
        if locked and unquote(element.get("URI", "")).lstrip("/") in package.spine:
            raise SourceError(f'"{name}" is locked by its bookshop. Use a copy without copy protection.')


def _write_pages(
    archive: Archive, spine: list[str], builder: TextBuilder, name: str
) -> tuple[dict[tuple[str, str], int], int]:
    """Write every chapter; give the position of each page and anchor, and how many pages failed."""
    places: dict[tuple[str, str], int] = {}
    failures = []
    for entry in spine:
        try:
            page = parse_html(decode(archive.read(entry), name).text, name, xml=True)
        except SourceError as error:
            failures.append(error)
            continue
        walker = PageWalker(builder)
        places[entry, ""] = builder.position
        walker.walk(page)
        places |= {(entry, anchor): position for anchor, position in walker.anchors.items()}
    if failures and len(failures) == len(spine):
        raise failures[0]
    return places, len(failures)


def _contents(archive: Archive, package: Package, name: str) -> list[Entry]:
    """The book's table of contents from its navigation page, else from its NCX file, else none."""
    if package.navigation and archive.find(package.navigation):
        text = decode(archive.read(package.navigation), name).text
        if entries := _navigation_entries(parse_html(text, name, xml=True), package.navigation):
            return entries
    if package.ncx and archive.find(package.ncx):
        return _ncx_entries(parse_xml(archive.read(package.ncx), name, package.ncx), package.ncx)
    return []


def _navigation_entries(page: Any, base: str) -> list[Entry]:
    navigation = page.css_first('nav[epub\\:type="toc"]') or page.css_first("nav")
    entries = []
    for link in navigation.css("a[href]")[:MAX_HEADINGS] if navigation else []:
        depth, node = 0, link.parent
        while node is not None and node.tag != "nav":
            depth += node.tag in ("ol", "ul")
            node = node.parent
        page_name, anchor = _resolve(base, link.attributes.get("href") or "")
        entries.append(Entry(" ".join(link.text(deep=True).split()), max(1, depth), page_name, anchor))
    return entries


def _ncx_entries(root: Any, base: str) -> list[Entry]:
    entries = []
    for point in root.iter("{*}navPoint"):
        content, label = point.find("{*}content"), point.find("{*}navLabel/{*}text")
        if content is None or label is None:
            continue
        page, anchor = _resolve(base, content.get("src", ""))
        depth = 1 + sum(1 for _ in point.iterancestors("{*}navPoint"))
        entries.append(Entry(" ".join((label.text or "").split()), depth, page, anchor))
    return entries[:MAX_HEADINGS]


def _with_contents(
    extract: Extract, contents: list[Entry], places: dict[tuple[str, str], int]
) -> list[Heading]:
    """The headings of the markup, and those that only the table of contents knows, where its titles stand."""
    found = {heading.start: heading for heading in extract.headings}
    known = [(heading.start, fold(heading.title)) for heading in extract.headings]
    for entry in contents:
        start = places.get((entry.page, entry.anchor), places.get((entry.page, "")))
        if start is None or _is_known(entry, start, known):
            continue
        end = _line_of(extract.text, start, entry.title)
        if end > start:
            found.setdefault(start, Heading(title=entry.title, level=entry.level, start=start, end=end))
    return [found[start] for start in sorted(found)]


def _is_known(entry: Entry, start: int, known: list[tuple[int, str]]) -> bool:
    """Whether the markup has a heading just after the place, or one of the same title near it."""
    title = fold(entry.title)
    return any(
        0 <= at - start < HEADING_REACH and (at - start < 3 or folded in title or title in folded)
        for at, folded in known
    )


def _line_of(text: str, start: int, title: str) -> int:
    """The end of the line or two at `start` that say the title; `start` when they do not."""
    wanted = fold(title)
    end = start
    for _ in range(3):
        end = text.find("\n", end + 1)
        end = len(text) if end < 0 else end
        line = fold(text[start:end])
        if line == wanted or (line and line in wanted and len(line) >= 0.6 * len(wanted)):
            return end
        if len(line) > len(wanted):
            break
    return start


def _sniff(sample: Sample) -> float:
    names = sample.names
    if CONTAINER in names or any(name.lower().endswith(".opf") for name in names):
        return 1.0
    return 0.5 if "mimetype" in names and b"application/epub+zip" in sample.head else 0.0


READER = Reader(kind="epub", what="an EPUB book", suffixes=(".epub",), sniff=_sniff, read=read_epub)
