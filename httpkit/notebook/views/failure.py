"""A request that failed: what happened, how far it came, and what to try."""

from __future__ import annotations

from httpkit.notebook.failures import Failed, Outcome, Step
from httpkit.notebook.html import Html, card, join, prose, tag, visible

from .exchange import html as exchange_html
from .exchange import ms
from .exchange import text as exchange_text

_SIGNS = {Outcome.DONE: "✓", Outcome.FAILED: "✗", Outcome.NOT_REACHED: "·"}


def html(failed: Failed) -> Html:
    method = tag("strong", failed.method, class_="httpkit-method")
    asked = tag("p", method, " ", tag("code", failed.url), class_="httpkit-line")
    shown = card(f"{failed.method} {failed.url} failed", asked, content(failed), role="alert")
    return join((shown, exchange_html(failed.exchange) if failed.exchange is not None else ""))


def content(failed: Failed) -> Html:
    """What happened, how far it came and what to try, to stand elsewhere."""
    badge = tag("strong", failed.code or "failed", class_="httpkit-badge httpkit-5xx")
    happened = tag("p", badge, " ", failed.cause.happened, class_="httpkit-line")
    advice = tag("p", prose(failed.cause.advice), class_="httpkit-hint") if failed.cause.advice else ""
    return join((happened, _steps(failed), advice))


def _steps(failed: Failed) -> Html:
    return tag("ol", *map(_step, failed.steps), class_="httpkit-steps") if failed.steps else Html()


def _step(step: Step) -> Html:
    time = join((" ", tag("small", ms(step.time)))) if step.time is not None else ""
    sign = tag(
        "span", _SIGNS[step.outcome], class_=f"httpkit-{step.outcome.value.replace(' ', '-')}", aria_hidden="true"
    )
    said = "" if step.outcome is Outcome.DONE else tag("small", f" – {step.outcome.value}")
    return tag("li", sign, " ", step.name, time, said)


def text(failed: Failed) -> str:
    steps = " → ".join(f"{_SIGNS[step.outcome]} {step.name}" for step in failed.steps)
    lines = [f"{failed.method} {failed.url} failed: {failed.cause.happened}", steps, failed.cause.advice]
    shown = "\n".join(visible(line) for line in lines if line)
    return f"{shown}\n\n{exchange_text(failed.exchange)}" if failed.exchange is not None else shown
