"""A model directory is not trusted: nothing outside is read or written, and one sentence says what is wrong."""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.home import areatag_home
from model.artefact import Artefact
from model.manifest import write_manifest
from model.plain_files import LARGEST, MANIFEST, ArtefactError
from model.verified_copy import copy_files
from model.versions import export, install, models_folder, versions
from tests.support.artefact import close, write_artefact
from tests.support.properties import SHARED_FIXTURES

RELEASED = Path(__file__).parent / "fixtures" / "version-of-0.1"
JSON_FILES = ("calibration.json", "card.json", "metrics.json")
TENSOR_FILES = (
    "heads.safetensors",
    "lexical.safetensors",
    "typicality.safetensors",
    "training_fingerprints.safetensors",
)
hostile = settings(max_examples=60, suppress_health_check=SHARED_FIXTURES)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model directory two folders below the test's own."""
    return write_artefact(tmp_path / "came" / "from" / "model", "v1")


def _list(model: Path, name: str) -> None:
    """Add a name to the files of a manifest."""
    manifest = json.loads((model / MANIFEST).read_text())
    manifest["files"].setdefault(name, manifest["files"]["card.json"])
    (model / MANIFEST).write_text(json.dumps(manifest))


def _everything(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


names = (
    st.text()
    | st.sampled_from(sorted(LARGEST))
    | st.builds(
        lambda before, name, after: before + name + after,
        st.sampled_from(["", "../", "../../", "/", "./", "encoder/", "encoder/../", "..\\", "\x00"]),
        st.sampled_from([*sorted(LARGEST), "labels.db", "encoder", ""]),
        st.sampled_from(["", "/", "/.", "\n", " ", "\x00", "~", "/card.json"]),
    )
)


@hostile
@given(name=names)
def test_a_name_is_one_of_the_set_or_refused(model: Path, tmp_path: Path, name: str) -> None:
    """Before anything is copied; and no file that was there is another one afterwards."""
    shutil.rmtree(areatag_home(), ignore_errors=True)
    close(model, "v1")
    listed = Artefact.open(model).files
    _list(model, name)
    before = _everything(tmp_path)
    if name in listed:
        assert install(model) == "v1"
        return
    with pytest.raises(ArtefactError):
        install(model)
    after = _everything(tmp_path)
    assert {path: content for path, content in after.items() if path in before} == before
    assert {Path(path).name for path in after.keys() - before.keys()} <= {areatag_home().name, "models", "lock"}


@pytest.mark.parametrize(
    "name", ["../../labels.db", "{absolute}", "encoder/../../../labels.db", "encoder\\config.json", "encoder", MANIFEST]
)
def test_no_command_follows_a_name_out_of_the_model(model: Path, tmp_path: Path, name: str) -> None:
    """The listed file exists, with the size and SHA-256 that the manifest says."""
    name = name.format(absolute=tmp_path / "labels.db")
    store = areatag_home() / "labels.db"
    store.parent.mkdir()
    store.write_text("labels of years")
    (tmp_path / "came" / "labels.db").write_bytes((model / "card.json").read_bytes())
    (tmp_path / "labels.db").write_bytes((model / "card.json").read_bytes())
    _list(model, name)
    for copy in (install, lambda path: export(str(path), tmp_path / "exported")):
        with pytest.raises(ArtefactError, match="no file of a model"):
            copy(model)
    assert store.read_text() == "labels of years"
    assert not (tmp_path / "exported").exists() and versions() == ["bundled"]


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
@pytest.mark.parametrize("name", ["card.json", "encoder/tokenizer.json", "encoder", MANIFEST])
def test_only_plain_files_are_opened(model: Path, tmp_path: Path, name: str, kind: str, verify: bool) -> None:
    """Not a link, though what it leads to is the right file; nor a pipe, which would block."""
    path = model / name
    path.rename(tmp_path / "elsewhere")
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(ArtefactError):
        Artefact.open(model, verify)
    with pytest.raises(ArtefactError):
        install(model)
    assert versions() == ["bundled"]


@pytest.mark.parametrize("name", ["card.json", "encoder"])
@pytest.mark.parametrize("side", ["source", "target"])
def test_copying_follows_no_link_that_appears_meanwhile(model: Path, tmp_path: Path, name: str, side: str) -> None:
    """Put there after the model was checked, or into the folder that is written."""
    secret, target = tmp_path / "secret", tmp_path / "target"
    target.mkdir()
    secret.mkdir()
    for file in ("card.json", "config.json"):
        (secret / file).write_text("secret")
    link = (model if side == "source" else target) / name
    if side == "source":
        shutil.rmtree(link) if link.is_dir() else link.unlink()
    link.symlink_to(secret if name == "encoder" else secret / "card.json")
    with pytest.raises(OSError):
        copy_files(model, ["card.json", "encoder/config.json"], target)
    assert {path.name: path.read_text() for path in secret.iterdir()} == dict.fromkeys(
        ("card.json", "config.json"), "secret"
    )
    assert all(path.is_symlink() or path.is_dir() or path.read_text() != "secret" for path in target.rglob("*"))


def test_a_model_that_changes_while_it_is_copied_is_refused(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing stands under its name."""
    open_artefact = Artefact.open

    def opened(path: Path, verify: bool = True) -> Artefact:
        artefact = open_artefact(path, verify)
        if path == model:
            (model / "card.json").write_text("{}")
            close(model, "v2")
        return artefact

    monkeypatch.setattr(Artefact, "open", opened)
    with pytest.raises(ArtefactError, match="changed while it was copied"):
        install(model)
    assert versions() == ["bundled"] and {path.name for path in models_folder().iterdir()} == {"lock"}


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a": "\\ud800"}', b"\xff", b"3"])
@pytest.mark.parametrize("name", [*JSON_FILES, MANIFEST])
def test_json_of_another_kind_is_one_sentence(model: Path, name: str, content: bytes) -> None:
    """Deep nesting, half a surrogate pair, no UTF-8, no object."""
    (model / name).write_bytes(content)
    if name != MANIFEST:
        close(model, "v1")
    with pytest.raises(ArtefactError, match=name):
        Artefact.open(model)


@pytest.mark.parametrize("name", ["card.json", "encoder/config.json", MANIFEST])
def test_an_absurd_size_is_refused_unread(model: Path, name: str) -> None:
    """Also of a file with holes, which takes no room on the disk."""
    with (model / name).open("r+b") as stream:
        stream.truncate(LARGEST[name] + 1)
    if name != MANIFEST:
        _list_sizes(model, name)
    with pytest.raises(ArtefactError, match=r"larger than|more than such a file"):
        Artefact.open(model, verify=False)


def _list_sizes(model: Path, name: str) -> None:
    manifest = json.loads((model / MANIFEST).read_text())
    manifest["files"][name]["bytes"] = (model / name).stat().st_size
    (model / MANIFEST).write_text(json.dumps(manifest))


def _replaced(record: Any, value: object, data: st.DataObject) -> Any:
    """The record with the value in the place of one of its parts."""
    if isinstance(record, dict) and record and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(record)))
        return {**record, key: _replaced(record[key], value, data)}
    if isinstance(record, list) and record and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(record) - 1))
        return [*record[:place], _replaced(record[place], value, data), *record[place + 1 :]]
    return value


@hostile
@given(data=st.data(), name=st.sampled_from([*JSON_FILES, MANIFEST]), value=values)
def test_any_value_anywhere_opens_or_is_refused(model: Path, data: st.DataObject, name: str, value: object) -> None:
    """There is no third way, such as a traceback."""
    original = (RELEASED / name).read_bytes()
    shutil.rmtree(model)
    shutil.copytree(RELEASED, model)
    (model / name).write_text(json.dumps(_replaced(json.loads(original), value, data)))
    if name != MANIFEST:
        write_manifest(model, "v1", {"name": "tiny", "hidden_size": 16, "max_tokens": 32})
    try:
        Artefact.open(model)
    except ArtefactError as error:
        assert "\n" not in str(error)


@hostile
@given(
    name=st.sampled_from(TENSOR_FILES),
    place=st.floats(0, 1, exclude_max=True),
    put=st.binary(max_size=8) | st.sampled_from([b"BF16", b"F64", b"I64", b"BOOL", b"F8_E4M3"]),
    cut=st.integers(0, 8),
)
def test_damaged_tensors_open_or_are_refused(model: Path, name: str, place: float, put: bytes, cut: int) -> None:
    """Bytes exchanged anywhere, most often in the header, whose checksum then says that all is well."""
    shutil.rmtree(model)
    shutil.copytree(RELEASED, model)
    content = (model / name).read_bytes()
    start = int(place * len(content))
    (model / name).write_bytes(content[:start] + put + content[start + cut :])
    write_manifest(model, "v1", {"name": "tiny", "hidden_size": 16, "max_tokens": 32})
    with suppress(ArtefactError):
        Artefact.open(model)
