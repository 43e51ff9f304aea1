"""Serves the fake tagger in processes of its own: `python -m tests.serving.fake_server PORT WORKERS`.

Worker processes import this module again under another name, so what it replaces is replaced in each of them.
"""

from __future__ import annotations

import os
import sys

from model.artefact import Artefact
from model.tagger import Tagger
from model.versions import BUNDLED, resolve_model
from serving import server
from serving.worker import retrain_jobs
from tests.serving.fake_tagger import FakeTagger

_SECONDS = float(os.environ.get("FAKE_ENCODER_SECONDS", "0"))


def _load(ref: str, **_: object) -> FakeTagger:
    version = "fake-1" if ref == BUNDLED else Artefact.open(resolve_model(ref)).version
    return FakeTagger(version, seconds=_SECONDS)


Tagger.load = _load  # type: ignore[assignment, method-assign]
server.check_model = lambda ref: None
# a retraining would be real and outlive the tests; this service says that it cannot
retrain_jobs.PACKAGES = ("no_such_package",)

if __name__ == "__main__":
    server.run(port=int(sys.argv[1]), workers=int(sys.argv[2]))
