"""Invented papers of four areas; every area has its own terms, and its description names some of them."""

from __future__ import annotations

import numpy as np

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy

TERMS = {
    "tides": ["tide pool", "spring tide", "moon pull", "ebb current", "salt marsh", "tidal bore"],
    "bread": ["sour dough", "rye loaf", "oven heat", "baker yeast", "crumb texture", "flour blend"],
    "chess": ["rook ending", "queen gambit", "pawn march", "knight fork", "castled king", "blitz clock"],
    "clouds": ["cirrus veil", "storm anvil", "fog bank", "rain shaft", "cumulus tower", "mackerel sky"],
}
TAXONOMY = Taxonomy(
    1,
    (
        Field("sea", "Sea", (), (Area("tides", "Tides", "Tide pool, spring tide, moon pull and tidal bore"),)),
        Field(
            "home",
            "Home",
            (),
            (
                Area("bread", "Bread", "Sour dough, rye loaf, baker yeast and flour blend"),
                Area("chess", "Chess", "Rook ending, queen gambit, pawn march and knight fork"),
            ),
        ),
        Field("sky", "Sky", (), (Area("clouds", "Clouds", "Cirrus veil, fog bank, rain shaft and storm anvil"),)),
    ),
)
FILLER = ["we", "look", "again", "at", "old", "notes", "from", "many", "quiet", "years"]


def labelled_papers(count: int, seed: int) -> list[LabelledPaper]:
    """Papers of one area each, two of its terms in the title and one more in the abstract."""
    generator = np.random.default_rng(seed)
    made = []
    for number in range(count):
        area = list(TERMS)[number % len(TERMS)]
        first, second, third = generator.choice(TERMS[area], size=3, replace=False)
        filler = " ".join(generator.choice(FILLER, size=6))
        paper = Paper(f"{seed}-{number}", f"The {first} and the {second}", f"Case {number}: {filler} and a {third}.")
        made.append(LabelledPaper(paper, (area,), (), complete=True))
    return made


def belongs(phrase: str, area: str) -> bool:
    """Whether it is a term of the area, or a word of one."""
    return any(phrase in term for term in TERMS[area])
