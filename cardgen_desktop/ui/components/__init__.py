"""The building blocks of every page; named variants and sizes, nothing styled by hand elsewhere."""

from .banner import Banner
from .button import Button
from .chip import Badge, Chip
from .choices import Check, Radio, RadioTile, Switch
from .empty import EmptyState
from .fields import Combo, LineField, SearchField
from .flow import FlowLayout
from .focus import came_by_keyboard
from .labels import ElidedLabel, Hairline, Label, breakable, tooltip
from .menu import Menu
from .page import PageHeader, Pane, ProgressLine, repolish
from .picture import PortraitPicture
from .question import QuestionDialog
from .two_line_list import LINE_ROLE, TwoLineList

__all__ = [
    "LINE_ROLE",
    "Badge",
    "Banner",
    "Button",
    "Check",
    "Chip",
    "Combo",
    "ElidedLabel",
    "EmptyState",
    "FlowLayout",
    "Hairline",
    "Label",
    "LineField",
    "Menu",
    "PageHeader",
    "Pane",
    "PortraitPicture",
    "ProgressLine",
    "QuestionDialog",
    "Radio",
    "RadioTile",
    "SearchField",
    "Switch",
    "TwoLineList",
    "breakable",
    "came_by_keyboard",
    "repolish",
    "tooltip",
]
