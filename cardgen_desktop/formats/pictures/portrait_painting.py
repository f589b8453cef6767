"""Paints the generated portrait with Pillow: book cloth, a foil pattern, a frame and initials.

The style is `domain.portrait`'s; the window paints the same with Qt. The picture fills its rectangle without
transparency, because programs round the corners of pictures themselves and turn clear ones black.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...domain import portrait
from ...domain.portrait import PortraitPattern, portrait_of
from .fonts import font_for

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_FINE = 4  # shapes are drawn this much larger and then scaled down, which smooths their edges


def paint_portrait(name: str, size: tuple[int, int]) -> "Image":
    """The portrait of a name as RGB pixels; `size` is width and height, at least 8 pixels each."""
    from PIL import Image

    style = portrait_of(name)
    image = Image.new("RGB", size, style.cloth)
    _lay(image, style.foil, _pattern_mask(style.pattern, size), portrait.PATTERN_OPACITY)
    _veil(image)
    if min(size) >= portrait.FRAME_FROM_PIXELS:
        _lay(image, style.foil, _frame_mask(size), portrait.FRAME_OPACITY)
    _lay(image, style.foil, _initials_mask(style.initials, size), 1.0)
    return image


def _lay(image: "Image", colour: str, mask: "Image", opacity: float) -> None:
    image.paste(colour, (0, 0), mask.point([round(value * opacity) for value in range(256)]))


def _veil(image: "Image") -> None:
    """Light from above: a breath of white at the top turning into a shade at the bottom."""
    from PIL import Image

    width, height = image.size
    top, bottom = portrait.VEIL_TOP_ALPHA, portrait.VEIL_BOTTOM_ALPHA
    for tone, strongest, rising in ((255, top, False), (0, bottom, True)):
        ramp = Image.linear_gradient("L")
        turned = ramp if rising else ramp.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        mask = turned.resize((width, height)).point([round(value * strongest / 255) for value in range(256)])
        image.paste((tone, tone, tone), (0, 0), mask)


def _pattern_mask(pattern: PortraitPattern, size: tuple[int, int]) -> "Image":
    """One tile of the pattern, drawn finely and laid side by side from the middle of the top."""
    from PIL import Image, ImageDraw

    cell = max(2, round(min(size) * portrait.CELL_SHARE))
    side, line = 2 * cell * _FINE, max(1, round(min(size) * portrait.LINE_SHARE * _FINE))
    drawn = Image.new("L", (side, side), 0)
    _PATTERNS[pattern](ImageDraw.Draw(drawn), side // 2, line)
    tile = drawn.resize((2 * cell, 2 * cell), Image.Resampling.BOX)
    mask = Image.new("L", size, 0)
    start = (size[0] // 2) % (2 * cell) - 2 * cell
    for left in range(start, size[0], 2 * cell):
        for top in range(0, size[1], 2 * cell):
            mask.paste(tile, (left, top))
    return mask


def _rules(draw: "ImageDraw", cell: int, line: int) -> None:
    for start in range(-2 * cell, 4 * cell, cell):
        draw.line((start - cell, 2 * cell + cell, start + 3 * cell, -cell), 255, line)


def _lozenges(draw: "ImageDraw", cell: int, line: int) -> None:
    for start in range(-4 * cell, 5 * cell, 2 * cell):
        draw.line((start - cell, -cell, start + 3 * cell, 3 * cell), 255, line)
        draw.line((start - cell, 3 * cell, start + 3 * cell, -cell), 255, line)


def _dots(draw: "ImageDraw", cell: int, line: int) -> None:
    radius = cell * 0.16
    for x in (cell / 2, 3 * cell / 2):
        for y in (cell / 2, 3 * cell / 2):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)


def _scallops(draw: "ImageDraw", cell: int, line: int) -> None:
    for row in range(-1, 4):
        for x in range(-cell if row % 2 else 0, 4 * cell, 2 * cell):
            y = row * cell
            draw.arc((x - cell, y - cell, x + cell, y + cell), 180, 360, 255, line)


def _waves(draw: "ImageDraw", cell: int, line: int) -> None:
    from math import pi, sin

    for row in range(-1, 4):
        middle = (row + 0.5) * cell
        points = [(x, middle + 0.3 * cell * sin(pi * x / cell)) for x in range(-cell, 3 * cell + 1, 2)]
        draw.line(points, 255, line, joint="curve")


_PATTERNS: dict[PortraitPattern, Callable[["ImageDraw", int, int], None]] = {
    "rules": _rules,
    "scallops": _scallops,
    "dots": _dots,
    "lozenges": _lozenges,
    "waves": _waves,
}


def _frame_mask(size: tuple[int, int]) -> "Image":
    from PIL import Image

    side = min(size)
    inset, line = round(side * portrait.FRAME_INSET_SHARE), max(1, round(side * portrait.LINE_SHARE))
    radius = round(side * (portrait.RADIUS_SHARE - portrait.FRAME_INSET_SHARE / 2))
    mask = Image.new("L", size, 0)
    box = (inset, inset, size[0] - 1 - inset, size[1] - 1 - inset)
    _smooth_frame(mask, box, radius, line)
    return mask


def _smooth_frame(mask: "Image", box: tuple[int, int, int, int], radius: int, line: int) -> None:
    """A rounded rectangle whose corners are drawn finely; a whole fine picture would be sixteen times it."""
    from PIL import Image, ImageDraw

    ImageDraw.Draw(mask).rectangle(box, outline=255, width=line)
    corner = Image.new("L", (radius * _FINE, radius * _FINE), 0)
    ImageDraw.Draw(corner).ellipse(
        (0, 0, 2 * radius * _FINE - 1, 2 * radius * _FINE - 1), outline=255, width=line * _FINE
    )
    quarter = corner.resize((radius, radius), Image.Resampling.BOX)
    left, top, right, bottom = box[0], box[1], box[2] - radius + 1, box[3] - radius + 1
    for place, turned in (
        ((left, top), quarter),
        ((right, top), quarter.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        ((left, bottom), quarter.transpose(Image.Transpose.FLIP_TOP_BOTTOM)),
        ((right, bottom), quarter.transpose(Image.Transpose.ROTATE_180)),
    ):
        mask.paste(turned, place)


def _initials_mask(initials: str, size: tuple[int, int]) -> "Image":
    """The initials centred on cap height, or a lozenge where no font has them."""
    from PIL import Image, ImageDraw

    share = portrait.ONE_INITIAL_SHARE if len(initials) == 1 else portrait.TWO_INITIALS_SHARE
    font = font_for(initials, max(4, round(min(size) * share))) if initials else None
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    middle = (size[0] / 2, size[1] / 2)
    if font is None:
        _ornament(draw, middle, min(size) * 0.12)
        return mask
    left, top, right, bottom = draw.textbbox((0, 0), initials, font=font)
    cap = draw.textbbox((0, 0), "H", font=font)
    upright = (cap[1] + cap[3]) / 2 if initials.isascii() else (top + bottom) / 2
    draw.text((middle[0] - (left + right) / 2, middle[1] - upright), initials, 255, font=font)
    return mask


def _ornament(draw: "ImageDraw", middle: tuple[float, float], radius: float) -> None:
    x, y = middle
    draw.polygon([(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)], 255)
