"""The documentation is run: what a page shows is what happens.

A page's ```python blocks run in order, in one namespace and one empty folder. A ```console block
is parsed against the command line; after ``<!-- run -->`` it is run too, in the same folder and
order, and the output shown (``...`` stands for anything) must come. ``<!-- not run: reason -->``
before a block leaves it out.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

import foretell
from foretell.cli.app import app, main

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [*([README] if README.exists() else []), *sorted((ROOT / "docs").glob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--((?:(?!-->).)*)-->\s*\Z", re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
REASON = re.compile(r"not run: \S")

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str
    note: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def skipped(self) -> bool:
        return self.note.startswith("not run")

    def steps(self) -> list[tuple[str, str]]:
        """Commands of a console block, each with the output shown below it."""
        parts = re.split(r"^\$ ", self.text.replace("\\\n", " "), flags=re.MULTILINE)
        assert not parts[0].strip(), f"{self}: a console block begins with '$ '"
        return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts[1:]]


def blocks(page: Path, language: str = "") -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        comment = COMMENT.search(text[: match.start()])
        line = text.count("\n", 0, match.start()) + 2
        note = comment[1].strip() if comment else ""
        found.append(Block(page, line, match[1], match[2], note))
    return [block for block in found if language in ("", block.language)]


def words_after_foretell(command: str) -> list[list[str]]:
    """Arguments of every ``foretell`` in a line of shell, without redirections and pipes."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    calls: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;<>()"):
            calls.append([])
        else:
            calls[-1].append(word)
    plain = [[w for n, w in enumerate(c) if n or not re.fullmatch(r"\w+=.*", w)] for c in calls]
    return [call[1:] for call in plain if call and call[0] == "foretell"]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


# -- what is shown works -----------------------------------------------------------------------


@pytest.mark.uncovered
@pytest.mark.parametrize("page", PAGES, ids=name)
def test_blocks_run(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORETELL_HOME", str(tmp_path / "home"))
    namespace: dict[str, Any] = {"__name__": "__page__"}
    for block in blocks(page):
        if block.language == "python" and not block.skipped:
            source = "\n" * (block.line - 1) + block.text  # so that a traceback names the line
            exec(compile(source, str(page), "exec"), namespace)
        elif block.language == "console" and block.note == "run":
            run(block, monkeypatch, capsys)


def run(block: Block, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code = 0
    for command, shown in block.steps():
        if command == "echo $?":
            assert shown.strip() == str(code), f"{block}: the exit code is {code}"
            continue
        (words,) = words_after_foretell(command)
        capsys.readouterr()
        code = call(words, monkeypatch)
        streams = capsys.readouterr()
        told = streams.err + streams.out
        if shown.strip():
            assert like(shown, told), f"{block}: {command} printed\n{told}"
        else:
            assert code == 0, f"{block}: {command} exits with {code}\n{told}"


def like(shown: str, told: str) -> bool:
    """Compare word by word; ``...`` stands for anything."""
    parts = [re.escape(" ".join(part.split())) for part in shown.split("...")]
    return bool(re.fullmatch(".*".join(parts), " ".join(told.split())))


def call(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["foretell", *words])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_parse(page: Path) -> None:
    for block in blocks(page, "console"):
        for command, _ in block.steps():
            for words in words_after_foretell(command):
                if not words or words == ["--help"]:
                    continue
                if "--help" in words:
                    continue
                known, (first, *rest) = COMMANDS, words
                if rest and first in COMMANDS and hasattr(COMMANDS[first], "commands"):
                    known, (first, *rest) = COMMANDS[first].commands, rest
                assert first in known, f"{block}: no command {first!r}"
                try:
                    known[first].make_context(first, rest)
                except Exception as error:  # noqa: BLE001 - typer ships its own click
                    pytest.fail(f"{block}: {command}: {error}")


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=name)
def test_marks_are_known(page: Path) -> None:
    for block in blocks(page):
        known = block.note in {"", "run"} or REASON.match(block.note)
        assert known, f"{block}: {block.note!r}; write <!-- run --> or <!-- not run: reason -->"
        assert block.note != "run" or block.language == "console", f"{block} is run anyhow"


# -- what is shown is whole --------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=name)
def test_links_resolve(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{name(page)} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(there), f"{name(page)} links to {target}: no such heading"


def anchors(page: Path) -> set[str]:
    """Headings in the form that GitHub gives them in links."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_public_name_is_told_of() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for each in foretell.__all__:
        assert re.search(rf"\b(ft|foretell)\.{each}\b", text), f"no page tells of {each}"


def test_every_option_is_told_of() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    groups = [command.commands for command in COMMANDS.values() if hasattr(command, "commands")]
    for command in [*COMMANDS.values(), *(each for group in groups for each in group.values())]:
        for parameter in command.params:
            options = [option for option in parameter.opts if option.startswith("--")]
            for option in options:
                assert f"`{option}" in text, f"docs/command-line.md does not tell of {option}"


def test_every_error_is_told_of_with_its_code() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \|(.*)\|$", text, re.MULTILINE))
    for each in foretell.errors.__all__:
        code = str(getattr(foretell.errors, each).exit_code)
        assert f"`{each}`" in rows.get(code, ""), f"{each} is not in the row of exit code {code}"


def test_every_module_is_told_of() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "foretell"
    listed = set(re.findall(r"`((?:\w+/)*\w+\.py)`", text))
    there = {str(path.relative_to(package)) for path in package.rglob("*.py")}
    packages = {path for path in there if path.endswith("__init__.py")}
    assert not there - packages - listed, "docs/architecture.md does not tell of these"
    assert not {path for path in listed if not (package / path).exists()}, "these are not there"
