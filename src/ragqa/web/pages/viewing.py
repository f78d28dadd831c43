"""Who looks at a page, from who asks for it."""

from __future__ import annotations

from ragqa.web.access import Principal
from ragqa.web.context import Context
from ragqa.web.pages.rendering import Viewer


def viewer_of(context: Context, principal: Principal) -> Viewer:
    """Return a principal as a page shows it."""
    may = frozenset(permission.value for permission in principal.permissions)
    return Viewer(principal.name, principal.role.value, may, is_signed_in=not context.access.is_open)
