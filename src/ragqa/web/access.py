"""Who asks, and what they may do: API keys, bearer tokens of an identity provider, or nobody but this machine.

A service that listens on this machine alone and has no key and no identity provider is open: whoever reaches it from this machine is the
principal `local` and may do everything. As soon as one key was made, everyone needs one, revoked or not. A service that answers to names of
its own is never open: behind them stands a proxy that brings others here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from ragqa.errors import SettingsInvalid
from ragqa.records.keys import PREFIX, Keys
from ragqa.types import Role
from ragqa.web.oidc import TokenInvalid, TokenVerifier

COOKIE = "ragqa_key"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="A key made with `ragqa keys create`, or a token of the identity provider.")
"""Only describes the header in the OpenAPI description; `Access` reads it."""


class Permission(StrEnum):
    """What one may do."""

    ASK = "ask"
    """Ask, search, give feedback."""
    READ = "read"
    """Read documents, answers of one's own, jobs and the state of the index."""
    UPLOAD = "upload"
    """Add and remove documents, rebuild and roll back."""
    REVIEW = "review"
    """Read the feedback of all."""
    ADMINISTER = "administer"
    """Read the audit chain and the metrics."""


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.READER: frozenset({Permission.ASK, Permission.READ}),
    Role.CURATOR: frozenset({Permission.ASK, Permission.READ, Permission.UPLOAD}),
    Role.REVIEWER: frozenset({Permission.ASK, Permission.READ, Permission.REVIEW}),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `key_id` is None for the open service and for tokens of an identity provider."""

    name: str
    role: Role
    key_id: str | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return what the role allows."""
        return PERMISSIONS[self.role]


LOCAL = Principal("local", Role.ADMIN)
NOBODY = Principal("unknown", Role.READER)
"""Whom the audit chain names where a key was refused."""


class AccessError(Exception):
    """A request that may not pass: HTTP status, stable code, words, and headers of the response."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


class Access:
    """Tells who asks."""

    def __init__(self, keys: Keys, verifier: TokenVerifier | None, host: str, allowed_hosts: tuple[str, ...] = ()) -> None:
        self._keys = keys
        self._verifier = verifier
        self._is_for_others = is_for_others(host, allowed_hosts)
        self._has_keys = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has to say who they are."""
        self._has_keys = self._has_keys or self._keys.exist()
        return not self._is_for_others and self._verifier is None and not self._has_keys

    def principal_of(self, request: Request) -> Principal:
        """Return who asks; raise `AccessError` (401) where that is not known, (403) where others reach a service that is open."""
        if self.is_open:
            _require_this_machine(request)
            return LOCAL
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token and scheme.lower() != "bearer":
            raise _unauthenticated("the header Authorization is no bearer token.")
        secret = token.strip() or request.cookies.get(COOKIE, "")
        if not secret:
            raise _unauthenticated("this service needs a key.")
        return self.principal_of_secret(secret)

    def principal_of_secret(self, secret: str) -> Principal:
        """Return whose a key or token is; raise `AccessError` (401) where it is not valid."""
        if secret.startswith(PREFIX):
            key = self._keys.find(secret)
            if key is None:
                raise _unauthenticated("the key is not known.")
            if not self._keys.is_valid(key):
                what = "was revoked" if key.revoked else "has expired"
                raise _unauthenticated(f'the key "{key.name}" ({key.key_id}) {what}.')
            return Principal(key.name, Role(key.role), key.key_id)
        if self._verifier is None:
            raise _unauthenticated("the key is not known.")
        try:
            name, roles = self._verifier.verify(secret)
        except TokenInvalid as exc:
            raise _unauthenticated(str(exc)) from exc
        granted = [role for role in (Role.ADMIN, Role.CURATOR, Role.REVIEWER, Role.READER) if role.value in roles]
        if not granted:
            raise AccessError(403, "forbidden", f"the token of {name} carries no role of this service. Ask its administrator for one.")
        return Principal(name, granted[0])


def requires(permission: Permission) -> Callable[..., Principal]:
    """Return the dependency of a route that only those with a permission may take; it gives the principal."""

    def check(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)] = None) -> Principal:
        principal: Principal = request.app.state.context.access.principal_of(request)
        request.state.principal = principal.name
        if permission not in principal.permissions:
            roles = ", ".join(role.value for role, allowed in PERMISSIONS.items() if permission in allowed)
            detail = f'"{principal.name}" is {principal.role.value} and may not {permission.value} here; that takes one of these roles: {roles}.'
            raise AccessError(403, "forbidden", detail)
        request.app.state.context.limiter.count(principal)
        return principal

    return check


def check_origin(method: str, headers: Mapping[str, str], allowed_hosts: tuple[str, ...], *, is_local: bool) -> None:
    """Raise `AccessError` where a page of another site speaks through the reader's browser.

    On an address of this machine alone, a host name with a dot that was not allowed is refused: a foreign page whose name was made to point
    here would carry it; a single word is never a name of the open network. A request that changes something must come from a page of the
    same origin, or from no page at all. Other sites may lead to a page by a link, and may load nothing from here.

    Args:
        method: The HTTP method.
        headers: The headers of the request, names in lower case.
        allowed_hosts: Names that the service answers to; none: see above.
        is_local: Whether it listens on this machine alone.
    """
    host = headers.get("host", "")
    try:
        name = _host_name(host)
    except ValueError as exc:
        raise AccessError(400, "host-not-allowed", "the header Host of the request is no host name.") from exc
    if allowed_hosts and name not in allowed_hosts and not _is_address(name) and name != "localhost":
        raise AccessError(
            400, "host-not-allowed", f'this service does not answer to the host name "{name}". RAGQA_SERVER__ALLOWED_HOSTS lists those it answers to.'
        )
    if is_local and not allowed_hosts and not re.fullmatch(r"[A-Za-z0-9_-]*", name) and not _is_address(name):
        detail = f'a service on this machine alone does not answer to the host name "{name}". Use 127.0.0.1, or allow it with RAGQA_SERVER__ALLOWED_HOSTS.'
        raise AccessError(400, "host-not-allowed", detail)
    fetch_site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_foreign = fetch_site not in ("same-origin", "none") if fetch_site else bool(origin) and origin not in (f"http://{host}", f"https://{host}")
    if method not in _SAFE_METHODS and is_foreign:
        raise AccessError(403, "cross-site", "a page of another site may not change anything here. Use the pages of this service, or a program with a key.")
    if fetch_site and is_foreign and headers.get("sec-fetch-mode") != "navigate":
        raise AccessError(403, "cross-site", "a page of another site may lead here by a link, but may load nothing from here.")


def require_access_control(host: str, allowed_hosts: tuple[str, ...] = (), *, has_keys: bool, has_verifier: bool) -> None:
    """Raise `SettingsInvalid` where the service would be open to other machines."""
    if not is_for_others(host, allowed_hosts) or has_keys or has_verifier:
        return
    place = f'would answer to "{allowed_hosts[0]}"' if is_loopback(host) else f'would listen on "{host}"'
    raise SettingsInvalid(
        f"the service {place}, where other machines reach it, and anyone could ask, upload and delete. "
        'Make a key with "ragqa keys create NAME --role admin", or set RAGQA_ACCESS__OIDC_ISSUER, or listen on 127.0.0.1 without other names.'
    )


def is_for_others(host: str, allowed_hosts: tuple[str, ...]) -> bool:
    """Whether other machines are meant to reach a service: by its address, or by a name behind which a proxy stands."""
    return not is_loopback(host) or not all(is_loopback(name) for name in allowed_hosts)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _require_this_machine(request: Request) -> None:
    """Raise `AccessError` where an open service is reached from elsewhere after all: through a proxy, or started with another address than set."""
    ends = (request.client.host if request.client else "", (request.scope.get("server") or ("",))[0])
    if any(_is_address(end) and not is_loopback(end) for end in ends):
        detail = 'this service has no key yet and so serves its own machine alone. Make a key there with "ragqa keys create NAME --role admin".'
        raise AccessError(403, "access-control-missing", detail)


def _host_name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "").rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _unauthenticated(what: str) -> AccessError:
    detail = f'{what} Send the header "Authorization: Bearer KEY", or sign in at /sign-in. "ragqa keys create" makes keys.'
    return AccessError(401, "unauthenticated", detail, {"WWW-Authenticate": 'Bearer realm="ragqa"'})
