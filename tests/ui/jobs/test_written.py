"""The first lines of a card, with what comes from the source marked."""

from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.timeline import ROW, StepLine, StepTimeline
from cardgen_desktop.ui.jobs.written import LINES, Mark, WrittenText, excerpt


def verbatim(text: str) -> Evidence:
    return Evidence(text=text, kind="verbatim", source=0, start=0, end=len(text))


def template(text: str) -> Evidence:
    return Evidence(text=text, kind="template")


def test_an_excerpt_is_one_paragraph_without_the_marks_of_layout() -> None:
    records = (
        template("[{{char}}]\n"),
        verbatim("{{char}} was tall\nand strong."),
        template("\nAppearance:\n- "),
        verbatim("A brown old seaman."),
    )
    text, marks = excerpt("".join(record.text for record in records), records, "Silver")
    assert text == "Silver was tall and strong. Appearance: A brown old seaman."
    assert [text[mark.start : mark.start + mark.length] for mark in marks] == [
        "Silver was tall and strong.",
        "A brown old seaman.",
    ]


def test_evidence_of_another_text_marks_nothing() -> None:
    assert excerpt("Edited since.", (verbatim("He was tall."),), "Silver") == ("Edited since.", ())


def test_a_long_text_ends_in_dots_after_six_lines(context: UiContext) -> None:
    written = WrittenText(context=context)
    written.resize(300, 200)
    written.show_text("He sang, and the house shook with it. " * 40, (Mark(0, 8, "verbatim"),))
    assert written.heightForWidth(300) == LINES * context.theme.fonts.line("passage")
    assert written._layout.text().endswith("…")
    written.show_text("He sang.")
    assert written.heightForWidth(300) == context.theme.fonts.line("passage")
    assert written.grab().width() == 300
    written.deleteLater()


def test_the_name_of_a_step_comes_before_its_numbers(context: UiContext) -> None:
    timeline = StepTimeline(context=context)
    line = StepLine(
        "done", "accent", "Listening to how they speak", "7 passages · 0.1 s", "7 passages", done=True
    )
    timeline.set_lines((line, line))
    assert timeline.sizeHint().height() == 2 * ROW
    fonts = context.theme.fonts
    name = fonts.metrics("small").horizontalAdvance(line.text) + 13
    brief, whole = (fonts.metrics("caption").horizontalAdvance(text) for text in (line.brief, line.right))
    assert timeline._right_words(line, name + whole) == "7 passages · 0.1 s"
    assert timeline._right_words(line, name + brief) == "7 passages"
    assert timeline._right_words(line, name) == ""
    assert "Listening to how they speak" in timeline.accessibleName()
    timeline.resize(300, 60)
    assert not timeline.grab().isNull()
    timeline.deleteLater()
