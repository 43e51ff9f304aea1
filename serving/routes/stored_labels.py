"""Reading the label store for an answer that needs all labelled papers."""

from __future__ import annotations

import logging

from data.errors import AreatagError
from data.labels import LabelledPaper
from serving.http.errors import ServiceError
from serving.worker.state import ServiceState

logger = logging.getLogger("areatag.service")


async def stored_labels(state: ServiceState) -> list[LabelledPaper]:
    """Return what holds for every labelled paper, on the areas of the model that answers.

    Raises:
        ServiceError: 503, there is no model or the store cannot be read.
    """
    try:
        return await state.labels.labelled_papers(state.require_model().taxonomy)
    except AreatagError as error:
        raise unreadable(error) from None


def unreadable(error: AreatagError) -> ServiceError:
    """Return the 503 for a store or cache that fails; what is wrong goes to the log alone."""
    logger.error("%s", error)  # it may name paths and hosts, which are not the client's business
    sentence = "The labelled papers cannot be read now; try again later."
    return ServiceError(503, sentence, headers={"Retry-After": "5"})
