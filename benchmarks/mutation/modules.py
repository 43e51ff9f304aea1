"""The modules that are mutated, and the tests that have to notice."""

from __future__ import annotations

from collections.abc import Mapping

_STORE = (
    "-k",
    "not postgres",  # another module, and a server to start for every mutant
    "tests/data/label_store/test_tables.py",
    "tests/data/label_store/test_sqlite.py",
    "tests/data/label_store/test_files.py",
    "tests/data/label_store/test_database.py",
    "tests/data/label_store/test_store.py",
    "tests/data/label_store/test_reading.py",
    "tests/data/label_store/test_power_loss.py",
)
_MODELS = (
    "-k",
    "not training_wrote",  # a model is trained for it
    "tests/model/test_manifest.py",
    "tests/model/test_artefact.py",
    "tests/model/test_versions.py",
)
_ACCESS = (
    "tests/serving/http/test_access.py",
    "tests/serving/http/test_origins.py",
    "tests/serving/http/test_protocol.py",
)
TESTS: Mapping[str, tuple[str, ...]] = {
    "data/atomic.py": ("tests/data/test_atomic.py",),
    "data/file_lock.py": (
        "tests/data/test_file_lock.py",
        "tests/training/retraining/test_lock.py",
        "tests/serving/batch/test_outputs.py",
        "tests/serving/worker/test_workers.py",
    ),
    "data/home.py": ("tests/data/test_home.py",),
    "data/label_store/database.py": _STORE,
    "data/label_store/deadline.py": ("tests/data/label_store/test_deadline.py",),
    "data/label_store/errors.py": ("tests/data/label_store/test_errors.py",),
    "data/label_store/location.py": ("tests/data/label_store/test_location.py",),
    "data/label_store/merging.py": ("tests/data/label_store/test_merging.py", "tests/data/label_store/test_store.py"),
    "data/label_store/postgres.py": ("tests/data/label_store/test_postgres.py",),
    "data/label_store/sqlite.py": _STORE,
    "data/label_store/rows.py": _STORE,
    "data/label_store/store.py": _STORE,
    "data/label_store/tables.py": _STORE,
    "data/label_store/upkeep.py": ("tests/data/label_store/test_upkeep.py",),
    "model/artefact.py": _MODELS,
    "model/manifest.py": _MODELS,
    "model/plain_files.py": _MODELS,
    "model/verified_copy.py": ("tests/model/test_verified_copy.py",),
    "serving/http/access.py": _ACCESS,
    "serving/batch/partial.py": (
        "tests/serving/batch/test_partial.py",
        "tests/serving/batch/test_complete_output.py",
        "tests/serving/batch/test_power_loss.py",
    ),
    "data/readers/compression.py": ("tests/data/readers/test_compression.py", "tests/data/readers/test_sources.py"),
    "data/readers/sources.py": ("tests/data/readers/test_sources.py", "tests/data/readers/test_reading.py"),
    "data/yaml_nodes.py": ("tests/data/test_yaml_nodes.py",),
    "model/versions.py": _MODELS,
    "serving/batch/outputs.py": ("tests/serving/batch/test_outputs.py", "tests/serving/batch/test_partial.py"),
    "serving/http/keys.py": ("tests/serving/http/test_keys.py",),
    "serving/http/limits.py": ("tests/serving/http/test_shared_limits.py", "tests/serving/http/test_limits.py"),
    "serving/http/routing.py": ("tests/serving/http/test_routing.py", *_ACCESS),
    "serving/routes/page.py": ("tests/serving/routes/test_page_files.py",),
    "serving/routes/tagging.py": ("tests/serving/routes/test_tagging.py",),
    "serving/worker/retrain_jobs.py": ("tests/serving/worker/test_retrain_jobs.py",),
    "training/retraining/lock.py": ("tests/training/retraining/test_lock.py",),
}
"""By module: arguments of pytest, the test files that are quickest to notice first."""
