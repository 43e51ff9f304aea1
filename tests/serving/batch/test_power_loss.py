"""`label -o` after a power cut at any of its writes: resumed, it ends with the bytes of a whole run."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from serving.batch.partial import ResumableOutput
from tests.serving.batch.test_partial import contents, make_chunks, open_output, write
from tests.support.power_loss import power_cuts, record, restore, strace_works

ROOT = Path(__file__).parents[3]
CHUNKS = make_chunks([(2, 1), (1, 0), (2, 2)])


def _go_on(output: ResumableOutput) -> None:
    """Write what is missing; the counts of an output say which chunks it has."""
    done = 0
    while done < len(CHUNKS) and output.counts.read > sum(len(a) + len(b) for a, b in CHUNKS[:done]):
        done += 1
    write(output, CHUNKS[done:])
    output.finish()


def interrupted_then_anew(folder: Path) -> None:
    """A run that stops after two chunks, and another one that starts over and finishes; says what it has done."""
    with open_output(folder, "out.jsonl") as output:
        write(output, CHUNKS[:2])
    with open_output(folder, "out.jsonl") as output:
        for number, chunk in enumerate(CHUNKS):
            write(output, [chunk])
            print(f"chunk {number}", flush=True)
        output.finish()
    print("finished", flush=True)


@pytest.mark.skipif(not strace_works(), reason="needs strace (Debian package strace) and the right to trace")
def test_a_power_cut_loses_no_chunk(tmp_path: Path) -> None:
    """What is done is not lost, a finished output is there, and what is resumed is neither refused nor mixed."""
    whole = tmp_path / "whole"
    whole.mkdir()
    with open_output(whole, "out.jsonl") as output:
        _go_on(output)
    folder = tmp_path / "run"
    folder.mkdir()
    program = f"import {__name__} as test; test.interrupted_then_anew(test.Path({str(folder)!r}))"
    operations = record([sys.executable, "-c", program], folder, tmp_path / "log", ROOT)
    said: list[str] = []
    for number, (files, said) in enumerate(power_cuts(operations, random.Random(0))):
        after = restore(files, tmp_path / "cut" / str(number))
        if "finished" in said:
            assert (after / "out.jsonl").read_bytes() == contents(whole)["out.jsonl"], f"cut {number}"
        with open_output(after, "out.jsonl", resume=True) as output:
            if not output.complete:
                done = sum(line.startswith("chunk") for line in said)
                assert output.counts.read >= sum(len(a) + len(b) for a, b in CHUNKS[:done]), f"cut {number}"
                _go_on(output)
        assert contents(after) == contents(whole), f"cut {number}"
    assert said[-1] == "finished"
