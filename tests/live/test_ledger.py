"""Lines chained by hash: what was changed, moved or cut off is found; what was shown is there."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from foretell.errors import LedgerError, UsageError
from foretell.live import Chain, Entry, LiveLedger, Opening
from foretell.live.entries import hash_of, line_of, parsed
from foretell.live.ledger import START

OPENING = Opening("binance", "BTC/USDT", "1h", "a" * 64, 2, [0.1, 0.5, 0.9], 0, 7, 8, {})


def entry(bar: int) -> Entry:
    times = [3_600 * (bar + ahead) for ahead in (1, 2)]
    quantiles = [[0.1 + bar, 1 / 3, 2e300], [1e-300, 2.5, 3.0]]
    return Entry(3_600 * bar, [1.0, 2.0, 0.5, 1.5, 10.0], bar, bar, times, quantiles)


@pytest.fixture
def ledger(tmp_path: Path) -> LiveLedger:
    ledger = LiveLedger(tmp_path / "live" / "ledger.jsonl")
    with ledger.writing():
        ledger.append(OPENING)
        for bar in range(4):
            ledger.append(entry(bar))
    return ledger


def test_the_name_of_a_new_file_is_on_the_disk_before_its_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it a power cut takes the whole file, however well its lines were flushed."""
    done: list[str] = []
    for kind in ("fsync", "fdatasync"):
        plain = getattr(os, kind)

        def noted(descriptor: int, plain: Any = plain) -> None:
            done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
            plain(descriptor)

        monkeypatch.setattr(os, kind, noted)
    ledger = LiveLedger(tmp_path / "live" / "ledger.jsonl")
    with ledger.writing():
        ledger.append(OPENING)
    assert done == ["live", "ledger.jsonl"]


def test_what_was_entered_comes_back_to_the_last_bit(ledger: LiveLedger) -> None:
    chain = ledger.read()
    assert chain.opening == OPENING
    assert chain.entries == [entry(bar) for bar in range(4)]
    last = ledger.path.read_bytes().splitlines()[-1]
    assert chain.head == hash_of(last)
    assert json.loads(last)["previous"] == hash_of(ledger.path.read_bytes().splitlines()[-2])
    assert parsed(last)[0] == entry(3)


def test_nothing_is_read_where_nothing_was_entered(tmp_path: Path) -> None:
    assert LiveLedger(tmp_path / "none.jsonl").read() == Chain(None, [], [])
    assert Chain().head == START


def test_every_changed_byte_is_found(ledger: LiveLedger) -> None:
    data = ledger.path.read_bytes()
    last = data.rstrip(b"\n").rfind(b"\n")
    for at in range(0, last, 7):  # the last line is held by the hash that was told of it
        changed = data[at] ^ 1
        ledger.path.write_bytes(data[:at] + bytes([changed]) + data[at + 1 :])
        with pytest.raises(LedgerError, match="line"):
            ledger.read()


def test_a_change_in_the_last_line_changes_the_hash_that_was_told(ledger: LiveLedger) -> None:
    told = ledger.read().head
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"3.1", b"3.2"))
    assert ledger.read().head != told


@pytest.mark.parametrize(
    ("order", "number"),
    [((0, 1, 3, 4), 3), ((0, 2, 1, 3, 4), 2), ((1, 2, 3, 4), 1), ((0, 1, 1, 2), 3), ((0, 0), 2)],
)
def test_lines_that_were_moved_or_removed_are_found(
    order: tuple[int, ...], number: int, ledger: LiveLedger
) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(lines[each] for each in order))
    with pytest.raises(LedgerError, match=f"line {number} "):
        ledger.read()


def test_a_line_that_was_being_written_is_cut_off(ledger: LiveLedger) -> None:
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data + b'{"half')
    assert len(ledger.read().entries) == 4
    with ledger.writing() as chain:
        assert len(chain.entries) == 4
        ledger.append(entry(4))
    assert (
        ledger.path.read_bytes() == data + line_of(entry(4), hash_of(data.splitlines()[-1])) + b"\n"
    )


@pytest.mark.parametrize(
    "kept", [b"", b"\0" * 9, line_of(OPENING, START)[:5], line_of(OPENING, START)]
)
def test_a_torn_opening_is_cut_off(kept: bytes, tmp_path: Path) -> None:
    ledger = LiveLedger(tmp_path / "ledger.jsonl")
    ledger.path.write_bytes(kept)
    with ledger.writing() as chain:
        assert chain == Chain()
        ledger.append(OPENING)
    assert ledger.read().opening == OPENING


@pytest.mark.parametrize("kept", [b"my notes", b"my notes\n", b'{"a": 1}', b"\x93NUMPY"])
def test_a_file_that_is_no_ledger_is_left_as_it_is(kept: bytes, tmp_path: Path) -> None:
    """Somebody named it with --ledger."""
    place = tmp_path / "notes"
    place.write_bytes(kept)
    with pytest.raises(LedgerError, match="notes"), LiveLedger(place).writing():
        pass
    assert place.read_bytes() == kept


def test_an_opening_is_read_whatever_follows_it(ledger: LiveLedger, tmp_path: Path) -> None:
    ledger.path.write_bytes(ledger.path.read_bytes() + b"damage\n")
    assert ledger.opening() == OPENING
    assert LiveLedger(tmp_path / "none.jsonl").opening() is None
    ledger.path.write_bytes(b"damage\n")
    with pytest.raises(LedgerError, match="line 1 "):
        ledger.opening()


def test_what_has_to_be_there_is_an_error_where_it_is_not(
    ledger: LiveLedger, tmp_path: Path
) -> None:
    opening, chain = ledger.begun()
    assert (opening, len(chain.entries)) == (OPENING, 4)
    with pytest.raises(LedgerError, match=r"nothing is recorded in .*none"):
        LiveLedger(tmp_path / "none.jsonl").begun()


def test_one_process_writes(ledger: LiveLedger) -> None:
    with (
        ledger.writing(),
        pytest.raises(LedgerError, match="watched already"),
        LiveLedger(ledger.path).writing(),
    ):
        pass


def test_nothing_is_added_outside_of_writing(ledger: LiveLedger) -> None:
    with pytest.raises(UsageError, match="not open"):
        ledger.append(entry(4))


def test_a_full_disk_leaves_whole_lines(
    ledger: LiveLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, plain = ledger.path.read_bytes(), os.write

    def full(descriptor: int, part: bytes) -> int:
        plain(descriptor, part[:20])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with ledger.writing():
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(LedgerError, match=r"No space left.*run the same command again"):
            ledger.append(entry(4))
        monkeypatch.setattr(os, "write", plain)
        assert ledger.path.read_bytes() == data
        ledger.append(entry(4))
    assert len(ledger.read().entries) == 5


def test_an_entry_is_on_the_disk_before_append_returns(
    ledger: LiveLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    monkeypatch.setattr(os, "fdatasync", lambda _: done.append(ledger.path.read_bytes()))
    with ledger.writing():
        ledger.append(entry(4))
    assert done[0].endswith(b"\n")
    assert len(done[0].splitlines()) == 6
