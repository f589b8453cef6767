"""The frame that cuts an avatar out of a picture: moving and sizing it, in pixels of the picture."""

from dataclasses import dataclass
from typing import Literal

from ...domain.avatar import Crop

Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]
SMALLEST = 48.0
"""Pixels of the shorter side; less is no picture any more."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The size of the whole picture, in its pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a picture, in its pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The edge at the right."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def corner(self, corner: Corner) -> tuple[float, float]:
        """Where a corner is."""
        x = self.left if corner.endswith("left") else self.right
        return x, self.top if corner.startswith("top") else self.bottom


def largest(picture: Picture, ratio: float | None) -> Frame:
    """The largest frame of a ratio (width by height), in the middle and, where faces are, near the top."""
    if ratio is None:
        return Frame(0, 0, picture.width, picture.height)
    width = min(picture.width, picture.height * ratio)
    height = width / ratio
    return Frame((picture.width - width) / 2, (picture.height - height) / 4, width, height)


def fitted(frame: Frame, picture: Picture, ratio: float | None) -> Frame:
    """A frame of another ratio about the same middle, as large as the old one where there is room."""
    if ratio is None:
        return frame
    area = frame.width * frame.height
    width = min((area * ratio) ** 0.5, picture.width, picture.height * ratio)
    height = width / ratio
    middle_x, middle_y = frame.left + frame.width / 2, frame.top + frame.height / 2
    return inside(Frame(middle_x - width / 2, middle_y - height / 2, width, height), picture)


def moved(frame: Frame, picture: Picture, across: float, down: float) -> Frame:
    """The frame moved, and stopped at the picture's edges."""
    return inside(Frame(frame.left + across, frame.top + down, frame.width, frame.height), picture)


def inside(frame: Frame, picture: Picture) -> Frame:
    """The frame pushed into the picture; it is not larger than it."""
    left = min(max(0.0, frame.left), picture.width - frame.width)
    top = min(max(0.0, frame.top), picture.height - frame.height)
    return Frame(max(0.0, left), max(0.0, top), frame.width, frame.height)


def sized(
    frame: Frame, picture: Picture, corner: Corner, at: tuple[float, float], ratio: float | None
) -> Frame:
    """The frame with one corner pulled to a point; the corner across stays where it is."""
    to_left, to_top = corner.endswith("left"), corner.startswith("top")
    fixed_x = frame.right if to_left else frame.left
    fixed_y = frame.bottom if to_top else frame.top
    room_x = fixed_x if to_left else picture.width - fixed_x
    room_y = fixed_y if to_top else picture.height - fixed_y
    wanted_x = fixed_x - at[0] if to_left else at[0] - fixed_x
    wanted_y = fixed_y - at[1] if to_top else at[1] - fixed_y
    width, height = _size((wanted_x, wanted_y), (room_x, room_y), ratio)
    return Frame(
        fixed_x - width if to_left else fixed_x, fixed_y - height if to_top else fixed_y, width, height
    )


def grown(frame: Frame, picture: Picture, factor: float) -> Frame:
    """The frame larger or smaller about its middle, with the ratio it has."""
    most = min(picture.width / frame.width, picture.height / frame.height)
    least = min(1.0, SMALLEST / min(frame.width, frame.height))
    factor = min(max(factor, least), most)
    width, height = frame.width * factor, frame.height * factor
    across, down = (frame.width - width) / 2, (frame.height - height) / 2
    return inside(Frame(frame.left + across, frame.top + down, width, height), picture)


def as_crop(frame: Frame, picture: Picture) -> Crop | None:
    """The frame in fractions of the picture; None when it is the whole."""
    if frame.width >= picture.width - 0.5 and frame.height >= picture.height - 0.5:
        return None
    return Crop(
        left=_fraction(frame.left / picture.width),
        top=_fraction(frame.top / picture.height),
        width=_fraction(frame.width / picture.width),
        height=_fraction(frame.height / picture.height),
    )


def of_crop(crop: Crop | None, picture: Picture) -> Frame:
    """The frame of a stored crop."""
    if crop is None:
        return largest(picture, None)
    width, height = crop.width * picture.width, crop.height * picture.height
    return inside(Frame(crop.left * picture.width, crop.top * picture.height, width, height), picture)


def _size(wanted: tuple[float, float], room: tuple[float, float], ratio: float | None) -> tuple[float, float]:
    """Width and height for a corner: in the ratio, within the picture, and large enough."""
    if ratio is None:
        width, height = (
            min(max(want, min(SMALLEST, space)), space) for want, space in zip(wanted, room, strict=True)
        )
        return width, height
    most = min(room[0], room[1] * ratio)
    least = min(most, SMALLEST * max(1.0, ratio))
    width = min(max(wanted[0], wanted[1] * ratio, least), most)
    return width, width / ratio


def _fraction(value: float) -> float:
    return min(1.0, max(0.0, round(value, 6)))
