"""Bearer tokens of an OpenID Connect provider: signature, issuer, audience and time are checked, the role is read from a claim.

Only asymmetric algorithms are taken, so that a public key can never serve as a shared secret. Source: OpenID Connect Core 1.0, section 3.1.3.7.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jwt

from ragqa.settings import AccessSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
_TIMEOUT_S = 5
_LEEWAY_S = 30


class TokenInvalid(Exception):
    """A token that does not hold; the message says why."""


class TokenVerifier:
    """Checks the tokens of one provider."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings

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
        name = next((str(claims[key]) for key in ("preferred_username", "email", "sub") if claims.get(key)), "")
        return name[:200], frozenset(str(role) for role in roles)

    def _key_of(self, token: str) -> Any:
        if self._settings.oidc_jwks_file:
            return self._key_in_file(token)
        try:
            return self._client.get_signing_key_from_jwt(token).key
        except (OSError, ValueError) as exc:
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

    @cached_property
    def _client(self) -> jwt.PyJWKClient:
        address = self._settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
        with urlopen(address, timeout=_TIMEOUT_S) as response:  # noqa: S310 - the address is a setting, held to http(s) there
            described = json.load(response)
        if described.get("issuer") != self._settings.oidc_issuer:
            raise TokenInvalid("the identity provider names itself differently from RAGQA_ACCESS__OIDC_ISSUER.")
        return jwt.PyJWKClient(described["jwks_uri"], timeout=_TIMEOUT_S)
