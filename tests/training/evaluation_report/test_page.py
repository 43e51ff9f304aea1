"""The page of an evaluation: its figures are those of the JSON, its texts are texts, and it can be read anywhere."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from tests.serving.page_driver import CONTRAST, chromium, expect_value, new_page, violations
from tests.support.properties import SHARED_FIXTURES
from tests.support.report_page import ReportPage
from tests.training.evaluation_report.conftest import AREAS, MakeEvaluation
from training.evaluation_report import page as evaluation_page
from training.evaluation_report.page import LOWER_IS_BETTER, MEASURES, render
from training.report_page.environment import LONGEST_TITLE, shortened

FIELDS = {area.id: field.name for field in AREAS.fields for area in field.areas}
NASTY = ("</style><svg onload=a()>", "&lt;b&gt;", "{{ 1 }}", "<!--", "\x00")
NAMES = {area.id: area.name for area in AREAS.areas}


def _figure(value: float, name: str = "", sign: str = "") -> str:
    return f"{value:{sign}.{4 if name.startswith('brier') else 3}f}"


def _figures(rows: list[Mapping[str, float]], names: str) -> list[list[str]]:
    return [[_figure(row[name]) for name in names.split()] for row in rows]


def _area_rows(rows: list[tuple[str, Mapping[str, float]]], names: str) -> list[list[str]]:
    return [[NAMES[area] + FIELDS[area], f"{row['support']:.0f}", *_figures([row], names)[0]] for area, row in rows]


def test_every_figure_is_that_of_the_json(evaluation: MakeEvaluation) -> None:
    """Of every table, and of the worst mistakes."""
    found = evaluation(against=True)
    record, tables = found.to_record(), ReportPage(render(found)).tables
    assert tables["table-measures"] == [
        [label, _figure(record[name], name), " to ".join(_figure(end, name) for end in record["intervals"][name])]
        for name, label in MEASURES.items()
        if name in record
    ]
    against = record["against"]["metrics"]
    assert [row[:-1] for row in tables["table-against"]] == [
        [
            label,
            *(_figure(against[name][kind], name) for kind in ("model", "against")),
            _figure(against[name]["difference"], name, "+"),
            " to ".join(_figure(end, name, "+") for end in against[name]["interval"]),
        ]
        for name, label in MEASURES.items()
        if name in against
    ]
    by_area = sorted(record["per_area"].items(), key=lambda item: (item[1]["f1"], -item[1]["support"]))
    assert tables["table-areas"] == _area_rows(by_area, "precision recall f1 average_precision")
    changed = [item for item in record["against"]["per_area"].items() if item[1]["change"]]
    changes = sorted(changed, key=lambda item: -abs(item[1]["change"]) * item[1]["support"])
    assert [row[:-1] for row in tables["table-changes"]] == _area_rows(changes, "model against")
    assert [row[1:] for row in tables["table-reliability"]] == [
        [f"{row['pairs']:.0f}", *_figures([row], "probability frequency")[0]] for row in record["reliability"]
    ]
    assert tables["table-coverage"] == _figures(record["risk_coverage"], "coverage risk confidence")
    assert tables["table-demand"] == _figures(record["min_precision"], "promised found papers areas recall")
    assert tables["table-confusion"] == [
        [NAMES[row["area"]] + FIELDS[row["area"]], NAMES[row["taken_for"]], str(row["papers"]), str(row["support"])]
        for row in record["confusion"]
    ]
    text = " ".join(ReportPage(render(found)).text.split())
    for mistake in record["mistakes"]:
        said = text[text.index(f"{mistake['title']} {mistake['id']} ") :]
        said = said[: said.index("Abstract ")]
        for area in (*mistake["wrong"], *mistake["missed"], *mistake["right"]):
            assert f"{area['name']} {_figure(area['score'])}" in said
        assert f"Error {_figure(mistake['error'])}" in said


def test_what_the_intervals_say_is_said(evaluation: MakeEvaluation) -> None:
    """Better or worse, whichever way a measure is good, where the interval is on one side of no difference."""
    found = evaluation(against=True)
    metrics = found.to_record()["against"]["metrics"]
    rows = {row[0]: row[-1] for row in ReportPage(render(found)).tables["table-against"]}
    assert rows["Micro-F1"] == "better"
    for name, row in metrics.items():
        low, high = row["interval"]
        if low <= 0 <= high:
            assert rows[MEASURES[name]] in ("not sure", "the same")
        elif name != "abstention":
            assert (rows[MEASURES[name]] == "better") == ((low > 0) != (name in LOWER_IS_BETTER))


@pytest.mark.parametrize("against", [False, True])
def test_the_page_needs_nothing_else(evaluation: MakeEvaluation, against: bool) -> None:
    """No script, no request, no id twice, links that lead somewhere, plots with a description."""
    page = ReportPage(render(evaluation(against=against)))
    page.check_that_it_needs_nothing_else(plots=3)
    assert ("table-against" in page.tables) == against


def test_without_a_mistake_the_page_says_so(evaluation: MakeEvaluation) -> None:
    """Nothing is listed then."""
    page = ReportPage(render(replace(evaluation(), mistakes=[], confusions=[])))
    assert "Every paper has the areas that it has in gold." in page.text
    assert "No area was given in place of a sibling." in page.text


@settings(max_examples=25, suppress_health_check=SHARED_FIXTURES)
@given(texts=st.lists(st.text(min_size=1) | st.sampled_from(NASTY), min_size=6, max_size=6))
def test_texts_stay_texts(evaluation: MakeEvaluation, texts: list[str]) -> None:
    """Whatever stands in a title or an abstract, the tags are the page's own and the text is read as written."""
    plots = {"reliability": Markup(""), "risk": Markup("")}
    with patch.object(evaluation_page, "_plots", return_value=plots):
        found = evaluation(texts=tuple(texts))
        page, plain = ReportPage(render(found)), ReportPage(render(evaluation(texts=("Whales",) * 6)))
    assert page.tags <= plain.tags | {"p"}
    for mistake in found.mistakes:
        assert shortened(" ".join(mistake.paper.title.split()), LONGEST_TITLE) in page.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_read_on_a_phone_and_in_the_dark(evaluation: MakeEvaluation, scheme: Any) -> None:
    """390 pixels hold it, every text has contrast, axe finds nothing, and nothing is asked of a network."""
    texts = ("A" + "h" * 300, *(f"Whales {number}" for number in range(30)))
    html = render(evaluation(texts=texts, against=True))
    with chromium() as browser:
        page = new_page(browser, viewport={"width": 390, "height": 844}, color_scheme=scheme)
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.set_content(html)
        expect_value(page, lambda: page.evaluate("document.documentElement.scrollWidth"), 390)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        expect_value(page, lambda: page.evaluate("document.documentElement.scrollWidth"), 390)
        assert page.evaluate(CONTRAST) == [] and violations(page) == []
        assert requests == []
