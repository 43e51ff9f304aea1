"""The names of routes in metrics, logs and traces: a path of a client must not become a name without bound."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import compile_path

OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RouteNames:
    """Finds the route of a path among those of the service."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._routes = frozenset(routes)
        self._patterns = [(route, compile_path(route)[0]) for route in sorted(self._routes) if "{" in route]

    def of(self, path: str) -> str:
        """Return the route's path, with its parameters as {names}; "other" for what no route answers."""
        if path in self._routes:
            return path
        return next((route for route, pattern in self._patterns if pattern.match(path)), OTHER)


def method_name(method: str) -> str:
    """Return a method of HTTP as it is, and "other" for what a client has invented."""
    return method if method in _METHODS else OTHER
