"""Which language a text is in."""

import pytest

from data.language import detected_languages, foreign_language, language_shares, main_language

FRENCH = "Nous proposons un réseau de neurones qui segmente les tumeurs du foie dans des images médicales."
ENGLISH = "We propose a neural network that outlines tumours of the liver in medical images."


def test_names_a_language_that_is_not_known() -> None:
    """What is known decides, not what is English."""
    assert foreign_language(FRENCH, ["en"]) == "French"
    assert foreign_language(FRENCH, ["en", "fr"]) is None
    assert foreign_language(ENGLISH, ["fr"]) == "English"
    assert main_language(FRENCH) == "fr"


def test_a_foreign_title_above_a_readable_abstract_is_read() -> None:
    """A text that is partly in a known language can be judged."""
    assert foreign_language(f"Segmentation du foie. {ENGLISH} {ENGLISH}", ["en"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "Banach Wasserstein GAN",
        "Hyperfield Grassmannians",
        "E = mc^2",
        "",
        "\x00\x07\ufffe" * 20,
        "\ud800 lone",
        "1 2 3 " * 20,
    ],
)
def test_what_is_too_short_or_no_language_is_not_judged(text: str) -> None:
    """Names, formulas and bytes that the library refuses are of no language; nothing is raised."""
    assert foreign_language(text, ["en"]) is None
    assert main_language(text) is None


def test_the_shares_of_a_text() -> None:
    """By the codes of ISO 639 in use; none where it is not sure."""
    shares = language_shares("הפתעה גדולה חיכתה לחוקרים כאשר הם ספרו את פתיתי השלג בתמונות מן ההר.")
    assert list(shares) == ["he"] and 0.9 < shares["he"] <= 1
    assert set(shares) <= detected_languages()
    assert language_shares("snow") == {}
