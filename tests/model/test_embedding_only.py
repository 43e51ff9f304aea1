"""A model without its lexical features."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import UsageError
from data.taxonomy import Area, Field, Taxonomy
from model.artefact import Artefact
from model.embedding_calibration import FILE_NAME
from model.embedding_only import embedding_only
from model.manifest import write_manifest
from model.new_areas import with_taxonomy
from model.plain_files import ENCODER, ArtefactError
from model.verified_copy import copy_encoder
from model.writing import new_version, write_model
from tests.support.artefact import write_artefact
from tests.support.exports import with_lexical_features


def test_heads_and_calibration_are_those_of_the_embedding(tiny_model: Path) -> None:
    """Nothing that tokens cannot give is left."""
    model = with_lexical_features(tiny_model)
    alone = embedding_only(model)
    assert alone.lexical is None and alone.ood is None and alone.feature_size == model.hidden_size
    np.testing.assert_array_equal(alone.heads.area_weight, Artefact.open(tiny_model).heads.area_weight)
    assert model.embedding_calibration is not None
    assert alone.area_calibration == model.embedding_calibration.areas
    assert alone.metrics["micro_f1"] == 0.75


def test_a_model_that_has_no_lexical_features_is_whole(tiny_model: Path) -> None:
    """Its own heads and calibration stay, and what was measured of it."""
    model = Artefact.open(tiny_model).parts
    alone = embedding_only(model)
    assert (alone.heads, alone.area_calibration, alone.metrics) == (model.heads, model.area_calibration, model.metrics)


def test_without_a_calibration_of_its_own_there_is_none(tiny_model: Path) -> None:
    """Log-odds without lexical features are not calibrated by the calibration with them."""
    model = replace(with_lexical_features(tiny_model), embedding_calibration=None)
    with pytest.raises(UsageError, match="--gold"):
        embedding_only(model)


def test_a_written_model_keeps_the_calibrations_and_its_name(tiny_model: Path, tmp_path: Path) -> None:
    """They change no answer of the model, so they are not in its name."""
    model = with_lexical_features(tiny_model)
    folder = tmp_path / "model"
    folder.mkdir()
    copy_encoder(tiny_model, folder)
    placed = replace(model, encoder_path=folder / ENCODER, version="v1")
    assert new_version(placed) == new_version(replace(placed, embedding_calibration=None))
    write_model(placed)
    assert Artefact.open(folder).embedding_calibration == model.embedding_calibration


@pytest.mark.parametrize("content", ["{}", '{"areas": {}, "fields": {}}', '{"areas": {"slope": 1}, "fields": 3}'])
def test_damaged_calibrations_are_refused(tmp_path: Path, content: str) -> None:
    """The file is named."""
    model = write_artefact(tmp_path / "model", "v1")
    (model / FILE_NAME).write_text(content)
    write_manifest(model, "v1", {"name": "tiny", "hidden_size": 4, "max_tokens": 8})
    with pytest.raises(ArtefactError, match=FILE_NAME):
        Artefact.open(model)


def test_a_changed_taxonomy_takes_its_rows_along(tiny_model: Path) -> None:
    """Areas that stay keep offset and threshold; new ones have the mean offset and the median threshold."""
    model = with_lexical_features(tiny_model)
    sea, sky = model.taxonomy.fields
    fish = Area("sea/fish", "Fish", "Fish and their swarms")
    changed = Taxonomy(1, (Field("new", "New", (), (fish,)), Field("sea", sea.name, (), sea.areas[1:]), sky))
    rng = np.random.default_rng(0)
    features = {text: rng.normal(size=model.feature_size).astype(np.float32) for text in map(str, range(20))}
    adapted = with_taxonomy(model, changed, lambda texts: np.stack([features[str(i)] for i in range(len(texts))]))
    before, after = model.embedding_calibration, adapted.embedding_calibration
    assert before is not None and after is not None
    assert after.areas.offsets == (np.mean(before.areas.offsets), *before.areas.offsets[1:])
    assert after.areas.thresholds == (np.median(before.areas.thresholds), *before.areas.thresholds[1:])
    assert after.fields.offsets == (0.0, *before.fields.offsets)
    assert embedding_only(adapted).taxonomy == changed
