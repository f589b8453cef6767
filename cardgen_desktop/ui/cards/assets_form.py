"""The assets of a card: a list with places, and the chosen one with its picture, name and kind."""

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ...domain.card import Asset
from ..components import Button, Combo, ElidedLabel, EmptyState, Label, Menu
from ..context import UiContext
from ..theme import SPACE
from .asset_delegate import AssetDelegate
from .asset_drops import AssetDropZone
from .asset_preview import AssetPreview
from .asset_words import KINDS, AssetPlace, address_of, is_picture, kind_words
from .assets_model import AssetsModel
from .document import CardDocument, Change
from .line_row import LineRow
from .row_views import RowList, index_in, row_button, scrolled, tab_through

LEAST_LIST_WIDTH, LIST_WIDTH = 168, 280
PREVIEW = 280
ADDED_KINDS = (*KINDS, ("x_file", "Any other file"))
NOTHING_YET = "Pictures and sounds that travel with the card: moods, backgrounds, icons. Drop them here."


class AssetsForm(QWidget):
    """Add, rename, change the kind, save a copy, remove.

    Signals: `add_requested(kind)`, `files_dropped(list[Path])`, `save_requested(path)`,
    `asset_shown(row)` when another is chosen, `line_typed(path, text)`.
    """

    add_requested = Signal(str)
    save_requested = Signal(str)
    files_dropped = Signal(object)
    asset_shown = Signal(int)
    line_typed = Signal(str, str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: CardDocument | None = None
        self.flow: QObject | None = None  # carries files; given by the editor
        self.model = AssetsModel()
        self.list = RowList()
        self.list.setProperty("clear", True)
        self.list.setAccessibleName("Assets")
        self.list.setModel(self.model)
        self.list.setDragEnabled(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(AssetDelegate(context=context, parent=self.list))
        self.add = Button("Add…", context=context, variant="outline", size="small", icon="plus")
        self.remove = row_button("Remove asset", "trash", "Del", context=context)
        self.picture = AssetPreview(PREVIEW, context=context)
        self.name = LineRow("assets", "Name", "What programs call it, such as joy or main.", context=context)
        self.kind = Combo([], context=context, name="Kind of asset")
        self.facts = Label(context=context, role="small", ink="muted", wrap=True)
        self.address = ElidedLabel(context=context, role="caption", ink="muted", mode="middle")
        self.save = Button("Save a copy…", context=context, variant="outline", size="small", icon="export")
        self.empty = EmptyState("card", "No assets yet", NOTHING_YET, "Add…", context=context)
        self.stack = QStackedWidget()
        self.drops = AssetDropZone(self, context=context)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        page = QHBoxLayout()
        page.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, 0, 0)
        page.setSpacing(SPACE.LG)
        page.addWidget(self._column(), 2)
        page.addWidget(self._page(), 3)
        whole = QWidget()
        whole.setLayout(page)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        tab_through(self.add, self.remove, self.list, self.name.edit, self.kind, self.save)

    def _column(self) -> QWidget:
        column = QWidget()
        column.setMinimumWidth(LEAST_LIST_WIDTH)
        column.setMaximumWidth(LIST_WIDTH)
        left = QVBoxLayout(column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(6)
        tools = QHBoxLayout()
        tools.addWidget(self.add)
        tools.addStretch(1)
        tools.addWidget(self.remove)
        left.addLayout(tools)
        left.addWidget(self.list, 1)
        return column

    def _page(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, SPACE.PAGE_EDGE, SPACE.LG)
        column.setSpacing(SPACE.MD)
        kind = QVBoxLayout()
        kind.setSpacing(6)
        kind.addWidget(Label("Kind", context=self._context, role="small_strong"))
        kind.addWidget(self.kind)
        column.addWidget(self.picture)
        column.addWidget(self.facts)
        column.addWidget(self.address)
        column.addWidget(self.name)
        column.addLayout(kind)
        column.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        content.setMaximumWidth(520)
        scroll = scrolled(content)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll

    def _connect(self) -> None:
        self.list.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.list.delete_requested.connect(self._remove)
        self.remove.clicked.connect(self._remove)
        self.add.clicked.connect(lambda: self._offer_kinds(self.add))
        self.empty.action_triggered.connect(lambda: self._offer_kinds(self.empty))
        self.save.clicked.connect(self._on_save)
        self.drops.files_dropped.connect(self.files_dropped)
        self.name.typed.connect(self._on_name_typed)
        self.kind.activated.connect(self._on_kind_chosen)

    @property
    def kind_of_choice(self) -> str:
        """The kind of the chosen asset, if it is one that pictures have; else an emotion."""
        kind = self.model.assets[self.row].type if 0 <= self.row < self.model.rowCount() else ""
        return kind if kind in dict(KINDS) else "emotion"

    @property
    def row(self) -> int:
        """The chosen row, -1 for none."""
        return self.list.currentIndex().row()

    def set_document(self, document: CardDocument) -> None:
        """Edit the assets of another card."""
        if self._document is not None:
            self._document.changed.disconnect(self._on_changed)
        self._document = document
        self.model.set_document(document)
        document.changed.connect(self._on_changed)
        self.select(0)

    def show_files(self) -> None:
        """The card has other files than before."""
        if self._document is not None:
            self.model.set_files(self._document.record.files)
            self._show_row()

    def show_path(self, path: str) -> None:
        """Choose the asset that a path names."""
        if "[" in path:
            self.select(index_in(path))

    def select(self, row: int) -> None:
        """Choose a row; the nearest there is."""
        row = max(0, min(row, self.model.rowCount() - 1))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        self._show_row()

    def put(self, asset: Asset) -> None:
        """Add an asset whose file is stored, and choose it."""
        self.select(self.model.add(asset))

    def show_preview(self, row: int, data: bytes | None) -> None:
        """The small picture of an asset; None for what is no picture."""
        if row == self.row:
            self.picture.show_picture(data)

    def _on_row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            self._show_row()

    def _on_changed(self, change: Change) -> None:
        if change.touches("assets"):
            self.select(self.row)

    def _show_row(self) -> None:
        self.stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        row = self.row
        if not 0 <= row < self.model.rowCount():
            return
        asset, place = self.model.assets[row], self.model.place(row)
        self.name.path = f"assets[{row}].name"
        self.name.set_text(asset.name)
        self._show_kinds(asset)
        self.facts.setText(_facts(asset, place))
        self.address.setText(address_of(asset, place))
        self.address.setVisible(bool(self.address.text()))
        self.facts.set_ink("warning" if place.is_dead else "muted")
        self.save.setVisible(place.state == "file")
        self.picture.expect(is_picture(asset, place))
        self.asset_shown.emit(row)

    def _show_kinds(self, asset: Asset) -> None:
        offered = list(KINDS)
        if asset.type not in dict(KINDS):
            offered.append((asset.type, kind_words(asset.type)))
        self.kind.clear()
        for key, words in offered:
            self.kind.addItem(words, key)
        self.kind.setCurrentIndex(self.kind.findData(asset.type))

    def _offer_kinds(self, below: QWidget) -> None:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind, words in ADDED_KINDS:
            menu.add(f"{words}…", partial(self.add_requested.emit, kind))
        corner = QPoint(0, below.height() + 4) if below is self.add else below.rect().center()
        menu.popup(below.mapToGlobal(corner))

    def _remove(self) -> None:
        row = self.row
        self.model.remove(row)
        self.select(row)

    def _on_save(self) -> None:
        if 0 <= self.row < self.model.rowCount() and (path := self.model.place(self.row).path):
            self.save_requested.emit(path)

    def _on_name_typed(self, _: str, text: str) -> None:
        self.model.change(self.row, name=text)

    def _on_kind_chosen(self) -> None:
        if 0 <= self.row < self.model.rowCount():
            self.model.change(self.row, type=self.kind.currentData())


def _facts(asset: Asset, place: AssetPlace) -> str:
    extension = asset.ext.upper() if asset.ext and asset.ext != "unknown" else ""
    return " · ".join(part for part in (extension, place.words) if part)
