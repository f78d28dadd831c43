"""Bearer tokens of an OpenID Connect provider: signature, issuer, audience and time are checked, the role is read from a claim.

Only asymmetric algorithms are taken, so that a public key can never serve as a shared secret. A principal is named by the subject of the
token beside the name that is shown: people may choose the latter, and must not read what belongs to another by taking that one's name.
Source: OpenID Connect Core 1.0, sections 3.1.3.7 and 5.7.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jwt

from ragqa.settings import AccessSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_TIMEOUT_S = 5
_LEEWAY_S = 30
_PAUSE_S = 15
"""How long a provider that could not be reached is left alone: requests with tokens must not pile up waiting for it."""
_LONGEST_NAME, _LONGEST_SUBJECT = 80, 100


class TokenInvalid(Exception):
    """A token that does not hold; the message says why."""


class TokenVerifier:
    """Checks the tokens of one provider."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings
        self._known: jwt.PyJWKClient | None = None
        self._failed_at: float | None = None
        self._lock = threading.Lock()

    def verify(self, token: str) -> tuple[str, frozenset[str]]:
        """Return the name and the values of the role claim of a token; raise `TokenInvalid`."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key_of(token),
                algorithms=list(ALGORITHMS),
                audience=self._settings.oidc_audience,
                issuer=self._settings.oidc_issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as exc:
            raise TokenInvalid(f"the token does not hold: {str(exc).rstrip('.').lower()}.") from exc
        claim: Any = claims
        for part in self._settings.oidc_role_claim.split("."):
            claim = claim.get(part) if isinstance(claim, dict) else None
        roles = claim if isinstance(claim, list) else str(claim or "").split()
        return _name_of(claims), frozenset(str(role) for role in roles)

    def _key_of(self, token: str) -> Any:
        if self._settings.oidc_jwks_file:
            return self._key_in_file(token)
        try:
            return self._client().get_signing_key_from_jwt(token).key
        except (OSError, ValueError, KeyError, jwt.PyJWKClientConnectionError) as exc:
            raise TokenInvalid("the keys of the identity provider cannot be read now. Try again.") from exc

    def _key_in_file(self, token: str) -> Any:
        key_id = jwt.get_unverified_header(token).get("kid")
        try:
            keys = jwt.PyJWKSet.from_dict(json.loads(Path(self._settings.oidc_jwks_file).read_text(encoding="utf-8"))).keys
        except (OSError, ValueError) as exc:
            raise TokenInvalid(
                "the file of the provider's keys cannot be read; the service's administrator should look at RAGQA_ACCESS__OIDC_JWKS_FILE."
            ) from exc
        found = [key for key in keys if key_id is None or key.key_id == key_id]
        if len(found) != 1:
            raise TokenInvalid("the token was signed with a key that the provider does not list.")
        return found[0].key

    def _client(self) -> jwt.PyJWKClient:
        """Return what reads the keys of the provider, found through its own description of itself. It asks anew for an unknown key, but not often."""
        with self._lock:
            if self._known is None:
                if self._failed_at is not None and time.monotonic() - self._failed_at < _PAUSE_S:
                    raise OSError("the provider could not be reached a moment ago")
                try:
                    self._known = jwt.PyJWKClient(self._keys_address(), timeout=_TIMEOUT_S)
                except (OSError, ValueError, KeyError, TokenInvalid):
                    self._failed_at = time.monotonic()
                    raise
            return self._known

    def _keys_address(self) -> str:
        address = self._settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
        with urlopen(address, timeout=_TIMEOUT_S) as response:  # noqa: S310 - the address is a setting, held to http(s) there
            described = json.load(response)
        if described["issuer"] != self._settings.oidc_issuer:
            raise TokenInvalid("the identity provider names itself differently from RAGQA_ACCESS__OIDC_ISSUER.")
        return str(described["jwks_uri"])


def _name_of(claims: dict[str, Any]) -> str:
    """Return the name that a token shows with its subject behind it, such as "ada (u-1)"; two subjects never get the same."""
    subject = str(claims["sub"])
    if len(subject) > _LONGEST_SUBJECT:
        subject = hashlib.sha256(subject.encode()).hexdigest()
    shown = next((str(claims[key]) for key in ("preferred_username", "email") if claims.get(key)), "token")
    return f"{shown[:_LONGEST_NAME]} ({subject})"
