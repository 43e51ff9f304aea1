"""A lake in an S3 store on loopback, against the local engine."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pyarrow import fs
from rich.console import Console

from benchmarks.machine import describe_machine
from benchmarks.scale.lakes import LakeSize, compare, make_lake, read_labels, read_lines, run_areatag
from benchmarks.serving.service_process import free_port
from data.errors import AreatagError

HELP = """Label a lake in an S3 store (moto, on loopback) with --engine ray, and compare with the local engine.

Input and output are URLs; the second run is a --resume that has nothing to do, the third must refuse a changed
input. A virtual environment for moto is made in --environment when it is not there. Minutes, mostly Ray's start.
"""
_PATIENCE = 60.0


@contextmanager
def s3_store(environment: Path) -> Iterator[fs.S3FileSystem]:
    """Run a store with a bucket `bucket`; this process and its children find it by their environment variables."""
    if not (environment / "bin" / "moto_server").exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin" / "pip", "install", "--quiet", "moto[server]>=5"], check=True)
    address = f"http://127.0.0.1:{free_port()}"
    command = [str(environment / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", address.rpartition(":")[2]]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.environ |= {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    try:
        _wait(address)
        store = fs.S3FileSystem(endpoint_override=address, allow_bucket_creation=True)
        store.create_dir("bucket")
        yield store
    finally:
        process.terminate()
        process.wait()


def _wait(address: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"{address}/moto-api/", timeout=5).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise AreatagError("The S3 store did not start.") from error
            time.sleep(0.1)


def main(
    files: Annotated[int, typer.Option(min=3, help="Files of the lake.")] = 6,
    papers: Annotated[int, typer.Option(min=1, help="Papers in each file.")] = 50,
    environment: Annotated[Path, typer.Option(help="Virtual environment of moto.")] = Path("build/moto"),
) -> None:
    """Run everything and compare."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="areatag-scale-") as name, s3_store(environment) as store:
        folder = Path(name)
        make_lake(folder / "lake", LakeSize(files, papers, 150))
        fs.copy_files(str(folder / "lake"), "bucket/lake", destination_filesystem=store)
        run_areatag("label", folder / "lake", "-o", folder / "local.jsonl")
        command = ["label", "s3://bucket/lake", "-o", "s3://bucket/out", "--engine", "ray", "--format", "parquet"]
        told = run_areatag(*command)
        again = run_areatag(*command, "--resume")
        if told.splitlines()[-1] != again.splitlines()[-1]:
            raise AreatagError(f"The resumed run says something else: {again}")
        fs.copy_files("bucket/out", str(folder / "out"), source_filesystem=store)
        compared = compare(read_lines(folder / "local.jsonl"), read_labels(folder / "out"))
        with store.open_output_stream("bucket/lake/papers-0000.jsonl") as file:
            file.write(b'{"title": "Another paper"}\n')
        refused = _refusal(*command, "--resume")
    console.print(describe_machine())
    console.print(told.strip().splitlines()[-1])
    console.print(compared.to_record())
    console.print(refused)
    if not compared.is_same:
        raise AreatagError("Papers are missing, there twice, or have other areas.")


def _refusal(*command: str) -> str:
    try:
        run_areatag(*command)
    except AreatagError as error:
        if "changed since the run began" in str(error):
            return str(error).partition("failed: ")[2]
        raise
    raise AreatagError("A changed input was resumed.")
