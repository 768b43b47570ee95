"""The page about memory: what survives, who solves the test, the gates, and what units follow."""

from __future__ import annotations

from html import escape

from foretell.memory import LAG, NAMES, SOLVED, Findings, power, ten_to
from foretell.report import memory_figures as draw
from foretell.report.markup import document, embed, table, template, tiles, verdict
from foretell.report.memory_gates import gates_section
from foretell.report.memory_letters import letters_said, letters_table, passages
from foretell.series import stamp

__all__ = ["memory_page"]


def memory_page(findings: Findings, command: str) -> str:
    """Write the page.

    Parameters
    ----------
    findings : Findings
    command : str
        What reproduces it.

    Returns
    -------
    str
        HTML that needs nothing from the network.
    """
    contest, letters = findings.contest, findings.letters
    plan, budget = contest.plan, contest.plan.budget
    title = "What an LSTM remembers"
    training = letters.model.about["training"]
    body = template("memory.html").substitute(
        title=title,
        series=escape(findings.row.name),
        verdict=verdict(findings.sentence, good=findings.gates_help),
        tiles=_tiles(findings),
        before=embed(draw.gradient_before(contest)),
        after=embed(draw.gradient_after(contest)),
        errors=embed(draw.errors(contest)),
        learning=embed(draw.learning(contest)),
        gradient=_gradient(findings),
        orthogonal=_orthogonal(findings),
        gradient_table=_details(*_gradient_table(findings)),
        adding=_adding(findings),
        adding_table=_details(*_adding_table(findings)),
        gates=gates_section(findings.gates, findings.cell),
        letters_table=f'<div class="wide">{letters_table(letters)}</div>',
        letters=escape(letters_said(letters)),
        passages=passages(letters),
        longest=plan.lengths[-1], starts=plan.starts, runs=plan.runs, units=budget.units,
        batch=budget.batch, steps=f"{budget.steps:,}", held_out=f"{budget.test:,}",
        rates=", ".join(f"{rate:g}" for rate in budget.rates),
        text_units=letters.model.hidden_size, text_steps=f"{training['steps']:,}",
        text_nats=f"{training['validation_nats_per_token']:.2f}",
        facts=table((), _facts(findings)),
        command=escape(command),
    )  # fmt: skip
    return document(title, body)


def _tiles(findings: Findings) -> str:
    contest = findings.contest
    shown = [
        (
            f"{contest.longest_solved(kind)}",
            f"steps over which the {name} learns to add two numbers",
        )
        for kind, name in NAMES.items()
    ]
    best = findings.letters.followers[0]
    shown.append((f"{best.held_out:.2f}", f"correlation of a unit of the text model: {best.mark}"))
    return tiles(shown)


def _gradient(findings: Findings) -> str:
    """The figures at the lag that is compared, before and after."""
    survivals = findings.contest.survivals
    plain = {kind: survivals.plain[kind][LAG] for kind in NAMES}
    trained = {kind: survivals.trained[kind][LAG] for kind in NAMES}
    return (
        f"{LAG} steps back, {power(plain['rnn'])} of the gradient is left in the RNN as it comes "
        f"and {power(plain['lstm'])} in the LSTM as it comes, "
        f"{ten_to(plain['lstm'] / plain['rnn'])} times as much. After training it is "
        f"{power(trained['rnn'])} in the RNN, {power(trained['gru'])} in the GRU and "
        f"{power(trained['lstm'])} in the LSTM."
    )


def _orthogonal(findings: Findings) -> str:
    """What became of the help that the simple network got."""
    survivals = findings.contest.survivals
    before, after = survivals.helped["rnn"][LAG], survivals.trained["rnn"][LAG]
    kept = "It is lost in training" if after < before / 1_000 else "It stays so in training"
    return (
        f"{kept}: from {power(before)} to {power(after)}, {LAG} steps back. A gradient that is "
        f"alive is needed for memory, and is not yet memory."
    )


def _gradient_table(findings: Findings) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    survivals = findings.contest.survivals
    lags = [lag for lag in (1, 10, 50, 100, 200) if lag <= findings.contest.plan.lags]
    rows = [
        (f"{name}, {how}", *(power(of[kind][lag]) for lag in lags))
        for how, of in (
            ("as it comes", survivals.plain),
            ("helped", survivals.helped),
            ("trained", survivals.trained),
        )
        for kind, name in NAMES.items()
    ]
    return ("share left at lag", *map(str, lags)), rows


def _adding(findings: Findings) -> str:
    contest = findings.contest
    longest = contest.plan.lengths[-1]
    said = []
    for kind, name in NAMES.items():
        trial = contest.of(kind, longest)
        attempt = trial.solution.attempts[trial.solution.best]
        error = f"{trial.solution.test_error:.4f}"
        if trial.solved:
            steps = (len(attempt.errors) - 1) * contest.plan.budget.check
            said.append(
                f"The {name} solves length {longest} in {steps:,} steps: test error {error}."
            )
        else:
            said.append(f"The {name} does not solve it at length {longest}: test error {error}.")
    return " ".join(said)


def _adding_table(findings: Findings) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    contest = findings.contest
    rows = [
        (
            f"{name}",
            *(
                f"{error:.4f}" + " (solved)" * (error < SOLVED)
                for length in contest.plan.lengths
                for error in [contest.of(kind, length).solution.test_error]
            ),
        )
        for kind, name in NAMES.items()
    ]
    return ("test error at length", *map(str, contest.plan.lengths)), rows


def _details(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    inside = f'<div class="wide">{table(headings, rows)}</div>'
    return f"<details><summary>In figures</summary>{inside}</details>"


def _facts(findings: Findings) -> list[tuple[str, str]]:
    data, text = findings.about["data"], findings.letters.model.about
    versions = findings.about["versions"] | text["versions"]
    letters = text["data"]
    bars = f"{data['bars']:,} bars, {data['first']} to {data['last']}"
    return [
        ("series", f"{findings.row.name}, from {stamp(int(findings.row.time_T[0]))} on"),
        ("forecaster", f"{findings.cell}, trained on {bars}; SHA-256 {data['sha256'][:16]}..."),
        ("text", f"{letters['characters']:,} characters; SHA-256 {letters['sha256'][:16]}..."),
        ("seed", str(findings.seed)),
        ("versions", ", ".join(f"{name} {number}" for name, number in versions.items())),
    ]  # fmt: skip
