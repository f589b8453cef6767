"""The part of a picture that is the avatar; the whole picture is kept."""

from pydantic import Field

from .value import Value


class Crop(Value):
    """A part of a picture in fractions of its width and height, from the top left corner."""

    left: float = Field(ge=0, le=1)
    top: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)
