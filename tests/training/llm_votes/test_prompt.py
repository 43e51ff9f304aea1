"""What a language model is told."""

import json

from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.llm_votes.prompt import (
    MOST_CHARACTERS,
    MOST_ENUMERATED,
    answer_schema,
    papers_prompt,
    question_id,
    system_prompt,
)

TAXONOMY = Taxonomy(
    1, (Field("sea", "Sea", (), (Area("sea/whales", "Whales", "Whales and their songs"), Area("sea/ships", "Ships"))),)
)
PAPER = Paper("secret-id-17", "Whale song", "We listen.", venue="Somewhere")


def test_every_area_is_in_the_task() -> None:
    """With its description where it has one."""
    assert system_prompt(TAXONOMY).endswith("\n- sea/whales: Whales. Whales and their songs\n- sea/ships: Ships")


def test_a_paper_is_its_title_and_abstract_alone() -> None:
    """Ids and the like are nobody's business; a long abstract is cut, an empty field left out."""
    assert json.loads(papers_prompt([PAPER])) == {"paper": 1, "title": "Whale song", "abstract": "We listen."}
    lines = papers_prompt([Paper("1", "A"), Paper("2", "", "x" * (MOST_CHARACTERS + 5))]).splitlines()
    assert json.loads(lines[0]) == {"paper": 1, "title": "A"}
    assert json.loads(lines[1]) == {"paper": 2, "abstract": "x" * MOST_CHARACTERS}


@given(st.lists(st.builds(Paper, st.just("p"), st.text(), st.text()), max_size=5))
def test_a_text_cannot_end_its_line(papers: list[Paper]) -> None:
    """Whatever a paper holds, there is one line of JSON for it: it cannot pass for another paper."""
    lines = papers_prompt(papers).split("\n") if papers else []
    assert [json.loads(line)["paper"] for line in lines] == list(range(1, len(papers) + 1))


def test_an_answer_may_name_no_other_area() -> None:
    """Of very large taxonomies the schema says only that areas are texts, for endpoints limit its size."""
    areas = answer_schema(TAXONOMY)
    assert '"enum": ["sea/whales", "sea/ships"]' in json.dumps(areas)
    many = tuple(Area(f"f/{number}", "A") for number in range(MOST_ENUMERATED + 1))
    assert "enum" not in json.dumps(answer_schema(Taxonomy(1, (Field("f", "F", (), many),))))


def test_an_answer_is_kept_for_what_it_depends_on() -> None:
    """Taxonomy, model and text, not the paper's id; half a surrogate pair does not fail."""
    system = system_prompt(TAXONOMY)
    question = question_id(system, "m1", PAPER)
    assert question == question_id(system, "m1", Paper("other", "Whale song", "We listen."))
    others = {
        question_id(system + " ", "m1", PAPER),
        question_id(system, "m2", PAPER),
        question_id(system, "m1", Paper("p", "Whale song", "We look.")),
        question_id(system, "m1", Paper("p", "\ud800", "")),
    }
    assert len(others) == 4 and question not in others
