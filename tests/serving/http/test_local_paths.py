"""No answer names a folder of this machine."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from serving.http.local_paths import without_local_paths
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger

_PART = st.text("abcXYZ019_.-", min_size=1, max_size=8).map(lambda name: f"q{name}q")
_PATH = st.lists(_PART, min_size=2, max_size=5).map(lambda parts: "/" + "/".join(parts))


@given(
    path=_PATH,
    before=st.sampled_from(["", "encoder ", "file://", "(", "'", "see: "]),
    after=st.sampled_from(["", ": altered", ")", "'", "."]),
)
def test_of_a_path_the_last_name_is_left(path: str, before: str, after: str) -> None:
    """In texts, in names and values of JSON at any depth."""
    folder, _, name = path.rpartition("/")
    text = f"{before}{path}{after}"
    cleaned = without_local_paths({"card": [{"note": text, text: (1.5, None, text)}]})
    assert folder not in str(cleaned) and name.rstrip(".") in cleaned["card"][0]["note"]


@given(name=st.text("ab cd", min_size=1).filter(str.strip))
def test_quoted_paths_may_have_blanks(name: str) -> None:
    """As Python's own messages quote them."""
    assert without_local_paths(f"No such file: '/home/ada {name}/model'") == "No such file: 'model'"
    assert without_local_paths(f"/home/ada {name}/model") == "model"


def test_what_is_no_path_stays() -> None:
    """Calls of the service, addresses, names of encoders, fractions, dates."""
    for text in (
        "There is no such version; GET /models lists them.",
        "POST /models/{version}/activate makes it active; send labels to POST /feedback.",
        "https://papers.example/about/it and sentence-transformers/all-MiniLM-L6-v2",
        "micro/macro, 3/4 of 1/2/2026, and/or",
    ):
        assert without_local_paths(text) == text


def test_home_has_a_name(own_home: Path) -> None:
    """The folder that everything of this machine is under."""
    assert without_local_paths(f"{own_home}/labels.db: locked") == "AREATAG_HOME/labels.db: locked"


def test_a_model_card_tells_no_folders(serve: Serve) -> None:
    """Of the encoder that was a directory, and of what was trained on."""
    tagger = FakeTagger()
    tagger.artefact.encoder_name = "/srv/encoders/tiny"
    tagger.artefact.metrics = {"gold": "/srv/gold.jsonl"}
    tagger.artefact.card = {"trained_on": {"files": ["/srv/papers/a.jsonl"]}, "created": "2026-01-01"}
    with serve(tagger) as client:
        answer = client.get("/model")
    assert "/srv" not in answer.text
    assert (answer.json()["encoder"], answer.json()["trained_on"]) == ("tiny", {"files": ["a.jsonl"]})
