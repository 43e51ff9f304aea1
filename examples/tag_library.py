"""Reads references of any format and prints their areas, with the sentence that each rests on."""

import sys

from data.papers import Paper
from data.readers import read_papers
from model.tagger import Tagger
from model.tags import TagOptions

papers = [paper for paper in read_papers(sys.argv[1:] or ["refs.bib"]) if isinstance(paper, Paper)]
for result in Tagger.load().tag(papers, TagOptions(top_k=2, explain=True)):
    print(result.title)
    for area in result.areas:
        sentence = result.evidence[area.id][0].sentence if result.evidence else ""
        print(f"  {area.name}: {sentence}")
