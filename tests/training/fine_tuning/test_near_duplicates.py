"""Near-duplicates of held-out papers."""

from data.papers import Paper
from training.fine_tuning.near_duplicates import NearDuplicates

ABSTRACT = (
    "We measure how quickly small lakes lose their winter ice when the wind turns to the south, using buoys that "
    "report every hour and a model of heat exchange that was fitted on three earlier seasons in the same valley."
)
HELD_OUT = Paper("a", "Winter ice on small lakes", ABSTRACT)


def test_finds_the_same_title_whatever_its_case_and_punctuation() -> None:
    """A new abstract under the old title is the same paper."""
    assert Paper("b", "Winter Ice, on small lakes!", "Another abstract.") in NearDuplicates([HELD_OUT])


def test_finds_a_reworked_abstract_under_another_title() -> None:
    """A second version with a new title and a changed ending is found by its text."""
    reworked = ABSTRACT.replace("in the same valley", "nearby, and we publish every measurement")
    assert Paper("c", "South wind and lake ice", reworked) in NearDuplicates([HELD_OUT])


def test_finds_a_shortened_abstract() -> None:
    """Half of a held-out abstract is contained in it."""
    assert Paper("d", "Notes", " ".join(ABSTRACT.split()[:25])) in NearDuplicates([HELD_OUT])


def test_leaves_other_papers_alone() -> None:
    """A paper of the same subject in other words is no near-duplicate."""
    other = (
        "Buoys that report every hour show how lakes in the far north keep their ice for longer than lakes in the "
        "south do, which we explain by snow that covers the ice early and keeps the cold air from reaching the water."
    )
    assert Paper("e", "Ice of northern lakes", other) not in NearDuplicates([HELD_OUT])


def test_short_texts_are_compared_by_title() -> None:
    """Too few words to tell: only an equal title counts."""
    assert Paper("f", "Other", "We measure how quickly small lakes lose ice.") not in NearDuplicates([HELD_OUT])
    assert Paper("g", "Short", "") in NearDuplicates([Paper("h", "Short", "")])
