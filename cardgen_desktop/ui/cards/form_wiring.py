"""Connects each form of the editor with the rest of it, once it is made."""

from functools import partial, singledispatch
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from .assets_flow import AssetsFlow
from .assets_form import AssetsForm
from .avatar_flow import AvatarFlow
from .card_form import CardForm
from .details_form import DetailsForm
from .greetings_form import GreetingsForm
from .lorebook_form import LorebookForm
from .lorebook_import import LorebookImport

if TYPE_CHECKING:
    from .editor import CardEditor


def connect_form(editor: "CardEditor", form: object) -> None:
    """Connect a form that was built just now."""
    assert isinstance(form, QWidget)
    editor.writing.watch(form)
    _connect(form, editor)


@singledispatch
def _connect(form: QWidget, editor: "CardEditor") -> None:
    raise TypeError(f"no wiring for {type(form).__name__}")


@_connect.register(CardForm)
def _(form: CardForm, editor: "CardEditor") -> None:
    editor.fields.add(form.form.fields)
    editor.fields.focused.connect(form.show_triggers_of)
    form.lorebook_requested.connect(partial(editor.show_tab, "lorebook"))


@_connect.register(GreetingsForm)
def _(form: GreetingsForm, editor: "CardEditor") -> None:
    editor.fields.add([form.field])


@_connect.register(LorebookForm)
def _(form: LorebookForm, editor: "CardEditor") -> None:
    editor.fields.add([form.form.content])
    editor.fields.add_entry_lines([form.form.name.edit, form.form.order])
    assert editor.commands is not None
    form.flow = LorebookImport(
        form, context=editor.context, tasks=editor.tasks, session=editor.shown_session,
        commands=editor.commands, choose=editor.choose_picture,
    )  # fmt: skip


@_connect.register(DetailsForm)
def _(form: DetailsForm, editor: "CardEditor") -> None:
    editor.fields.add(form.fields)
    editor.fields.add_lines([*form.lines.values()])
    form.flow = AvatarFlow(
        form.avatar, context=editor.context, tasks=editor.tasks, session=editor.shown_session,
        choose=editor.choose_picture,
    )  # fmt: skip


@_connect.register(AssetsForm)
def _(form: AssetsForm, editor: "CardEditor") -> None:
    editor.fields.add_entry_lines([form.name.edit])
    assert editor.commands is not None
    form.flow = AssetsFlow(
        form, context=editor.context, tasks=editor.tasks, session=editor.shown_session,
        commands=editor.commands, choose_path=editor.choose_path, choose=editor.choose_picture,
    )  # fmt: skip
