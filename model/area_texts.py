"""What an area says of itself, as one text for the encoder."""

from data.taxonomy import Taxonomy


def area_texts(taxonomy: Taxonomy) -> list[str]:
    """One text an area, in column order: its name, description and phrases."""
    return [". ".join(filter(None, [area.name, area.description, ", ".join(area.phrases)])) for area in taxonomy.areas]
