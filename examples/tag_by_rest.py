"""Sends a file of any format to a running service and writes one line of areas for each paper."""

import csv
import sys
from pathlib import Path

import httpx

AT_ONCE = 256  # most papers of one call

path = Path(sys.argv[1] if len(sys.argv) > 1 else "refs.bib")
with httpx.Client(base_url="http://localhost:3000", timeout=60) as client, path.open("rb") as file:
    read = client.post("/papers", files={"file": file}).raise_for_status().json()
    for reject in read["rejected"]:
        print(f"line {reject['line']}: {reject['reason']}", file=sys.stderr)
    rows = csv.writer(sys.stdout, lineterminator="\n")
    for first in range(0, len(read["papers"]), AT_ONCE):
        answer = client.post("/tag", json={"papers": read["papers"][first : first + AT_ONCE]}).raise_for_status()
        for result in answer.json()["results"]:
            rows.writerow([result["id"], *(area["id"] for area in result["areas"])])
