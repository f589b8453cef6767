"""The prompt styles as the settings know them: reading, copying, storing, removing."""

from PySide6.QtCore import QObject, Signal

from ...domain.errors import CardgenError
from ...domain.prompt_style import PromptStyle, PromptVariable
from ...jobs.interface import Commands
from ..context import UiContext
from ..tasks import TaskOwner
from .words import copy_of

DEFAULT = "prose"


class StyleDesk(QObject):
    """`styles` by name, shipped ones first; `variables` are the placeholders.

    Signals: `changed`, `copied(name)`, `read_failed(sentence)`, `save_failed(name, sentence)`, `saved(name)`.
    """

    changed = Signal()
    copied = Signal(str)
    read_failed = Signal(str)
    save_failed = Signal(str, str)
    saved = Signal(str)

    def __init__(self, *, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self.commands: Commands | None = None
        self.styles: dict[str, PromptStyle] = {}
        self.variables: tuple[PromptVariable, ...] = ()
        self._reading = False
        self._saving: dict[str, PromptStyle] = {}

    def attach(self, commands: Commands) -> None:
        """Start reading."""
        self.commands = commands
        self.refresh()

    async def aclose(self) -> None:
        """Store what is on its way, and stop."""
        for name, style in tuple(self._saving.items()):
            await self._store(name, style)
        await self.tasks.aclose()

    @property
    def default(self) -> str:
        """The style that new drafts begin with."""
        style = self._context.settings.value.style
        return style if style in self.styles or not self.styles else DEFAULT

    def set_default(self, name: str) -> None:
        """Let new drafts begin with another style."""
        if name != self._context.settings.value.style:
            self._context.settings.update(style=name)
            self.changed.emit()

    def shipped_of(self, style: PromptStyle) -> PromptStyle | None:
        """The shipped style a copy was made from."""
        return self.styles.get(style.based_on) if style.based_on else None

    def refresh(self) -> None:
        """Read the styles."""
        if self.commands is not None and not self._reading:
            self._reading = True
            self.tasks.spawn(self._read(self.commands), name="read prompt styles")

    def copy(self, name: str) -> None:
        """Store a copy of a style that can be changed."""
        copy = copy_of(self.styles[name], self.styles)
        self.tasks.spawn(self._copy(copy), name="copy prompt style")

    def save(self, style: PromptStyle) -> None:
        """Store a changed copy; changes made while one is stored follow it."""
        self.styles[style.name] = style
        waits = style.name in self._saving
        self._saving[style.name] = style
        if not waits:
            self.tasks.spawn(self._save(style.name), name="save prompt style")

    def remove(self, name: str) -> None:
        """Remove a copy; the toast brings it back."""
        self.tasks.spawn(self._remove(self.styles[name]), name="remove prompt style")

    async def _read(self, commands: Commands) -> None:
        try:
            styles = await commands.prompt_styles()
            variables = await commands.prompt_variables()
        except CardgenError as error:
            self.read_failed.emit(error.message)
            return
        finally:
            self._reading = False
        ordered = sorted(styles, key=lambda style: not style.is_shipped)
        self.styles = {style.name: style for style in ordered} | self._saving
        self.variables = variables
        self.changed.emit()

    async def _copy(self, copy: PromptStyle) -> None:
        assert self.commands is not None
        stored = await self.commands.save_prompt_style(copy)
        self.styles[stored.name] = stored
        self.changed.emit()
        self.copied.emit(stored.name)

    async def _save(self, name: str) -> None:
        while (style := self._saving.get(name)) is not None:
            await self._store(name, style)

    async def _store(self, name: str, style: PromptStyle) -> None:
        assert self.commands is not None
        try:
            await self.commands.save_prompt_style(style)
        except CardgenError as error:
            self._saving.pop(name, None)
            self.save_failed.emit(name, error.message)
            return
        if self._saving.get(name) is style:
            del self._saving[name]
            self.saved.emit(name)

    async def _remove(self, style: PromptStyle) -> None:
        assert self.commands is not None
        was_default = self.default == style.name
        await self.commands.remove_prompt_style(style.name)
        self._saving.pop(style.name, None)
        self.styles.pop(style.name, None)
        if was_default:
            self._context.settings.update(style=style.based_on or DEFAULT)
        self.changed.emit()
        self._context.notify.toast(
            f"{style.title} removed", action="Undo", callback=lambda: self._bring_back(style, was_default)
        )

    def _bring_back(self, style: PromptStyle, was_default: bool) -> None:
        self.tasks.spawn(self._copy(style), name="bring prompt style back")
        if was_default:
            self._context.settings.update(style=style.name)
