"""Bearer tokens of an identity provider, against a real provider on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from ragqa.settings import AccessSettings
from ragqa.web.oidc import TokenInvalid, TokenVerifier

KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
JWKS = {"keys": [json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "use": "sig", "alg": "RS256"}]}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Run a provider that describes itself and lists its key."""

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            described = {"issuer": address, "jwks_uri": f"{address}/keys"}
            body = json.dumps(described if "openid-configuration" in self.path else JWKS).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


def token(issuer: str, key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    """Return a token that holds, but for the changes; a claim changed to None is left out."""
    claims = {"iss": issuer, "aud": "ragqa", "sub": "u-1", "preferred_username": "ada", "exp": time.time() + 600, "role": "curator"} | changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm=algorithm, headers={"kid": "k1"})


def test_a_token_gives_name_and_roles(issuer: str) -> None:
    """Signature, issuer, audience and time hold; the key is found through the provider's own description."""
    assert TokenVerifier(AccessSettings(oidc_issuer=issuer)).verify(token(issuer)) == ("ada", frozenset({"curator"}))


def test_a_nested_claim_with_many_roles_is_read(issuer: str) -> None:
    """Providers differ in where they put roles."""
    verifier = TokenVerifier(AccessSettings(oidc_issuer=issuer, oidc_role_claim="realm_access.roles"))
    assert verifier.verify(token(issuer, realm_access={"roles": ["reader", "reviewer"]}))[1] == {"reader", "reviewer"}


@pytest.mark.parametrize(
    "changes",
    [{"aud": "other"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}, {"exp": None}, {"sub": None}, {"nbf": time.time() + 3600}],
    ids=["audience", "issuer", "expired", "no expiry", "no subject", "not yet"],
)
def test_a_token_that_does_not_hold_is_refused(issuer: str, changes: dict[str, Any]) -> None:
    """Each claim is checked."""
    with pytest.raises(TokenInvalid):
        TokenVerifier(AccessSettings(oidc_issuer=issuer)).verify(token(issuer, **changes))


def test_a_token_of_another_key_or_kind_is_refused(issuer: str) -> None:
    """Neither another key, nor the public key used as a shared secret, nor no signature at all."""
    verifier = TokenVerifier(AccessSettings(oidc_issuer=issuer))
    unsigned = jwt.encode({"iss": issuer, "aud": "ragqa", "sub": "u-1", "exp": time.time() + 600}, None, algorithm="none", headers={"kid": "k1"})  # type: ignore[arg-type]  # no key on purpose
    shared = token(issuer, key="a secret of sufficient length for this algorithm", algorithm="HS256")
    for bad in (token(issuer, key=OTHER), unsigned, shared, "no token", ""):
        with pytest.raises(TokenInvalid):
            verifier.verify(bad)


def test_the_keys_may_lie_in_a_file(tmp_path: Path) -> None:
    """Where the provider cannot be reached, its keys are read from a file."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(JWKS))
    issuer = "https://id.example"
    verifier = TokenVerifier(AccessSettings(oidc_issuer=issuer, oidc_jwks_file=str(path)))
    assert verifier.verify(token(issuer))[0] == "ada"
    with pytest.raises(TokenInvalid):
        verifier.verify(token(issuer, key=OTHER))


def test_a_provider_that_is_away_is_told() -> None:
    """Nobody is let in, and the message says to try again."""
    issuer = "http://127.0.0.1:9"
    with pytest.raises(TokenInvalid, match="cannot be read now"):
        TokenVerifier(AccessSettings(oidc_issuer=issuer)).verify(token(issuer))
