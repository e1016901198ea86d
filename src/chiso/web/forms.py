"""Forms: protected against being sent from elsewhere (OWASP ASVS 4.2.2).

Every form carries ``_csrf_token``, which must match the cookie that came with the page.  Senders' addresses,
which carry keys and no cookies, are left out, and so are the public pages, which have no forms to be sent.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState

from chiso.ledger.keys import Keys

FIELD: Final = "_csrf_token"


def csrf_config(keys: Keys, https: bool) -> CSRFConfig:
    """The protection of a data folder's forms; over HTTPS its cookie goes over nothing else."""
    return CSRFConfig(
        secret=keys.forms,
        cookie_name="chiso_form",
        cookie_httponly=True,
        cookie_secure=https,
        cookie_samesite="strict",
        exclude=[r"^/dvcqg", r"^/api/v1/records/", r"^/public"],
    )


def form_token(request: Request[Any, Any, Any]) -> str:
    """What forms of this answer carry."""
    return value_or_default(ScopeState.from_scope(request.scope).csrf_token, "")
