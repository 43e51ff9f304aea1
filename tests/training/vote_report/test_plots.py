"""The plots as SVG text: colours, names and ids."""

import re
import xml.etree.ElementTree as ET

from training.report_page.plots import AreaPoint, area_plot
from training.vote_report.plots import Rate, coverage_plot, precision_plot

RATES = [
    Rate("a.high", "a", 0.9, 0.8, 0.95, coverage=0.01),
    Rate("a.low", "a", 0.5, 0.4, 0.6, coverage=0.2),
    Rate("b $x_{1}$ <i> 名", "b", 0.7, 0.1, 0.99, against=True, coverage=0.3),
]
POINTS = [AreaPoint("Leaves & seas", 0.4, 0.9, 12), AreaPoint("", 0.8, 0.2, 300)]


def _all() -> list[str]:
    return [
        precision_plot(RATES, "one"),
        coverage_plot(RATES, 'two "<b>"'),
        area_plot(POINTS, "recall", "precision", "three"),
    ]


def test_plots_are_well_formed_and_described() -> None:
    """Each parses as XML and says what it shows, whatever stands in a name."""
    for svg, alt in zip(_all(), ("one", 'two "<b>"', "three"), strict=True):
        root = ET.fromstring(svg)
        assert root.attrib["role"] == "img" and root.attrib["aria-label"] == alt
    texts = "".join(ET.fromstring(_all()[0]).itertext())
    assert "b $x_{1}$ <i> 名" in texts


def test_colours_come_from_the_page() -> None:
    """No colour is fixed, so that the page's dark scheme holds for the plots too."""
    for svg in _all():
        assert not re.search(r"#[0-9a-f]{6}\b(?!\))", svg)
        assert "var(--" in svg


def test_ids_do_not_meet_on_one_page() -> None:
    """Three plots on one page have no id twice."""
    ids = re.findall(r'\bid="([^"]+)"', "".join(_all()))
    assert len(ids) == len(set(ids)) > 0


def test_plots_are_reproducible() -> None:
    """The same figures give the same bytes: no date, no random ids."""
    assert _all() == _all()


def test_axes_have_no_formulas() -> None:
    """Of a narrow range of coverages too the ticks are plain percentages."""
    narrow = [Rate("a", "a", 0.9, 0.8, 0.95, coverage=share) for share in (0.21, 0.34)]
    texts = "".join(ET.fromstring(coverage_plot(narrow, "narrow")).itertext())
    assert "mathdefault" not in texts and " %" in texts
