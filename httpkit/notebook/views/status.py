"""A status in plain words, and tables of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from textwrap import indent, wrap

from httpkit.notebook.html import Html, card, folded, join, link, plain, prose, table, tag
from httpkit.notebook.specs import spec_url
from httpkit.notebook.statuses import GROUPS, Status, status_of

_QUESTIONS = (("When it is sent", "sent"), ("What to do", "advice"))

# Up to so many of several classes are shown at once; a longer table opens class by class.
_FEW = 12


def badge(code: int, reason: str) -> Html:
    """The code and its reason on the colour of its class."""
    group = status_of(code).group or 5
    return tag("strong", f"{code} {reason}".rstrip(), class_=f"httpkit-badge httpkit-{group}xx")


def spec_link(spec: str) -> Html:
    url = spec_url(spec)
    return link(url, spec, class_="httpkit-spec") if url else tag("span", spec, class_="httpkit-spec")


def explanation(status: Status) -> Html:
    """The status explained: to stand in a card, or to be folded away."""
    rows = [(tag("dt", question), tag("dd", prose(getattr(status, name)))) for question, name in _QUESTIONS]
    rows.append((tag("dt", "Defined in"), tag("dd", spec_link(status.spec))))
    return tag("dl", *(part for row in rows for part in row))


def html(status: Status) -> Html:
    head = tag("p", badge(status.code, status.reason), " ", prose(status.meaning), class_="httpkit-line")
    return card(f"Status {status.code} {status.reason}", head, explanation(status))


def text(status: Status) -> str:
    answers = [(question, plain(getattr(status, name))) for question, name in _QUESTIONS]
    lines = [f"{question + ':':<17}{answer}" for question, answer in [*answers, ("Defined in", status.spec)]]
    folded_lines = ["\n".join(wrap(line, 100, subsequent_indent=" " * 17)) for line in lines]
    return "\n".join([f"{f'{status.code} {status.reason}'.rstrip()}: {plain(status.meaning)}", *folded_lines])


def many_html(statuses: Iterable[Status], caption: str = "Status codes") -> Html:
    statuses = list(statuses)
    groups = {group: list(members) for group, members in groupby(statuses, key=lambda status: status.group)}
    unfolded = len(groups) == 1 or len(statuses) <= _FEW
    return card(caption, *(_group(group, members, unfolded=unfolded) for group, members in groups.items()))


def _group(group: int, members: list[Status], *, unfolded: bool) -> Html:
    name, meaning = GROUPS.get(group, ("Other", "outside the five classes"))
    count = tag("small", f"{len(members)} code{'' if len(members) == 1 else 's'}")
    label = tag("strong", f"{group}xx" if group else "other", class_=f"httpkit-badge httpkit-{group or 5}xx")
    summary = join((label, " ", tag("b", name), " – ", meaning, " ", count))
    rows = ((tag("b", status.code), status.reason, prose(status.meaning), spec_link(status.spec)) for status in members)
    return folded(summary, table(f"{name} codes", ("Code", "Reason", "Meaning", "Defined in"), rows), unfolded=unfolded)


def many_text(statuses: Iterable[Status]) -> str:
    paragraphs = []
    for group, members in groupby(statuses, key=lambda status: status.group):
        name, meaning = GROUPS.get(group, ("Other", "outside the five classes"))
        lines = "\n".join(f"{status.code}  {status.reason:<31}  {plain(status.meaning)}" for status in members)
        paragraphs.append(f"{name}: {meaning}\n{indent(lines, '  ')}")
    return "\n\n".join(paragraphs)


def _of(codes: Mapping[int, str]) -> list[Status]:
    return [status_of(code) for code in sorted(codes)]


def codes_html(codes: Mapping[int, str]) -> Html:
    """The table STATUS_CODES."""
    return many_html(_of(codes))


def codes_text(codes: Mapping[int, str]) -> str:
    return many_text(_of(codes))
