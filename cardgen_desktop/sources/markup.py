"""HTML elements to paragraphs: one walk without recursion, shared by web pages and EPUB chapters."""

import re
from typing import Any

from ..domain.errors import SourceError
from .builder import TextBuilder

MAX_DEPTH = 10_000
"""The parser takes time in the square of the depth: 0.2 s here, minutes for a file made to hurt."""
LINK_SHARE = 0.6
HEADING_LEVELS = {"h1": 1, "h2": 2, "h3": 3}


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


VOID = _tags("area base br col embed hr img input link meta param source track wbr")
SELF_CLOSING = _tags("html head body p li dd dt tr td th tbody thead tfoot option colgroup rt rp a")
"""Elements that the next of their kind ends, so that leaving one open does not nest."""
PARAGRAPHS = _tags(
    "address article aside blockquote body caption center details dl div fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr main ol p pre section summary table ul"
)
LINES = _tags("li dd dt tr")
CELLS = _tags("td th")
LONE_INSIDE = CELLS | LINES
SKIPPED = _tags(
    "script style nav template noscript iframe svg button select head title rt rp -comment audio video"
)
EDGES = _tags("header footer aside")
PAGE_NUMBERS = (
    '.pagenum, .pageno, .pagenumber, .pageNum, .page-number, .pgnum, .pagebreak, [role="doc-pagebreak"], '
    '[epub\\:type="pagebreak"]'
)

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_EMPTY_ELEMENT = re.compile(
    r"<(title|script|style|textarea|iframe|noscript|a|p|div|span|i|b|em|strong|small|sup|sub|h[1-6]|li|td|th)"
    r"(\s[^<>]*)?/>",
    re.I,
)


def parse_html(text: str, name: str, *, xml: bool = False) -> Any:
    """A parsed page (selectolax); in XML any element may close itself. `SourceError` when too deep."""
    from selectolax.lexbor import LexborHTMLParser

    if xml:
        text = _EMPTY_ELEMENT.sub(r"<\1\2></\1>", text)
    if text.count("<") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise SourceError(f'"{name}" is nested too deeply to be read. Save it as plain text and use that.')
    return LexborHTMLParser(text)


def _depth(text: str) -> int:
    """How deep the elements may nest, counting each that is left open."""
    depth = deepest = 0
    for closing, tag in _TAG.findall(text):
        if tag.lower() not in VOID and tag.lower() not in SELF_CLOSING:
            depth = max(0, depth + (-1 if closing else 1))
            deepest = max(deepest, depth)
    return deepest


class PageWalker:
    """Writes the story text of a page into a builder. `anchors` are the positions of elements with an id."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._preformatted = 0
        self._inline: set[int] = set()
        self._page_numbers: set[int] = set()
        self.anchors: dict[str, int] = {}

    def walk(self, page: Any) -> None:
        """Add a whole page; it ends a paragraph."""
        self._page_numbers = {node.mem_id for node in page.css(PAGE_NUMBERS)}
        root = node = page.body
        while node is not None:
            child = node.child if self._enter(node) else None
            if child is not None:
                node = child
                continue
            self._leave(node)
            while node.next is None and node.mem_id != root.mem_id:
                node = node.parent
                self._leave(node)
            node = node.next if node.mem_id != root.mem_id else None
        self._builder.end_paragraph()

    def _enter(self, node: Any) -> bool:
        """Begin an element, or take a text; whether its children are wanted."""
        tag = node.tag
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag in SKIPPED or node.mem_id in self._page_numbers or (tag in EDGES and _is_navigation(node)):
            if node.mem_id in self._page_numbers:
                self._builder.defer_aside(node.text(deep=True), "page_number")
            return False
        if tag in PARAGRAPHS or tag in LINES:
            self._begin_block(node, tag)
        if node.id:
            self.anchors.setdefault(node.id, self._builder.position)
        self._begin_inline(node, tag)
        return True

    def _text(self, text: str) -> None:
        if self._preformatted:
            self._builder.add_exactly(text)
        else:
            self._builder.add(text)

    def _begin_block(self, node: Any, tag: str) -> None:
        if tag in ("p", "div") and _is_lone(node):
            self._inline.add(node.mem_id)
        elif tag in LINES:
            self._builder.end_line()
        else:
            self._builder.end_paragraph()
        if tag == "pre":
            self._preformatted += 1

    def _begin_inline(self, node: Any, tag: str) -> None:
        if tag == "br":
            self._builder.newline()
        elif tag == "q":
            self._builder.add("“")
        elif tag == "img":
            letter = (node.attributes.get("alt") or "").strip()
            if len(letter) == 1 and letter.isalpha():  # a drop cap
                self._builder.add(letter)

    def _leave(self, node: Any) -> None:
        tag = node.tag
        if tag == "-text" or tag in SKIPPED or node.mem_id in self._page_numbers:
            return
        if level := HEADING_LEVELS.get(tag):
            self._builder.end_heading(level)
        elif tag in LINES:
            self._builder.end_line()
        elif tag in CELLS:
            self._builder.cell()
        elif tag == "q":
            self._builder.add("”")
        elif tag in PARAGRAPHS and node.mem_id not in self._inline:
            self._preformatted -= tag == "pre"
            self._builder.end_paragraph()


def _is_lone(node: Any) -> bool:
    """Whether a paragraph is all that a cell or a list item holds, and so no paragraph of its own."""
    parent = node.parent
    if parent is None or parent.tag not in LONE_INSIDE:
        return False
    return all(
        _is_blank(sibling) for sibling in parent.iter(include_text=True) if sibling.mem_id != node.mem_id
    )


def _is_blank(node: Any) -> bool:
    return node.tag == "-comment" or (node.tag == "-text" and not (node.text_content or "").strip())


def _is_navigation(node: Any) -> bool:
    """Whether the text of a page's edge is mostly links."""
    links = sum(len(link.text(deep=True).strip()) for link in node.css("a[href]"))
    return links > LINK_SHARE * len(node.text(deep=True).strip())
