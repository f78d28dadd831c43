"""Bearer tokens of an identity provider, against a real provider on this machine."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.testclient import TestClient

from ragqa.settings import AccessSettings
from ragqa.web.access import Access
from ragqa.web.app import create_app
from ragqa.web.oidc import TokenInvalid, TokenVerifier
from tests.web.conftest import sample_context

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
    assert TokenVerifier(AccessSettings(oidc_issuer=issuer)).verify(token(issuer)) == ("ada (u-1)", frozenset({"curator"}))


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
    assert verifier.verify(token(issuer))[0] == "ada (u-1)"
    with pytest.raises(TokenInvalid):
        verifier.verify(token(issuer, key=OTHER))


def test_a_provider_that_is_away_is_told() -> None:
    """Nobody is let in, and the message says to try again."""
    issuer = "http://127.0.0.1:9"
    with pytest.raises(TokenInvalid, match="cannot be read now"):
        TokenVerifier(AccessSettings(oidc_issuer=issuer)).verify(token(issuer))


def test_a_provider_that_is_away_is_not_asked_for_every_token() -> None:
    """Of two tokens in a row only the first waits for the provider: it listens, counts who comes, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as provider:
        calls = []

        def hang_up() -> None:
            connection, _ = provider.accept()
            calls.append(connection)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        issuer = f"http://127.0.0.1:{provider.getsockname()[1]}"
        verifier = TokenVerifier(AccessSettings(oidc_issuer=issuer))
        for _ in range(2):
            with pytest.raises(TokenInvalid, match="cannot be read now"):
                verifier.verify(token(issuer))
        thread.join()
        provider.settimeout(0.05)
        with pytest.raises(TimeoutError):
            provider.accept()
    assert len(calls) == 1


def test_taking_the_name_of_another_does_not_make_one_that_other(issuer: str) -> None:
    """Two subjects that show the same name are two principals, whatever the one writes into its name, and however long the subject is."""
    verifier = TokenVerifier(AccessSettings(oidc_issuer=issuer))
    claims: list[dict[str, Any]] = [{}, {"sub": "u-2"}, {"sub": "u-2", "preferred_username": "ada (u-1)"}, {"sub": "u" * 200}, {"sub": "u" * 201}]
    names = [verifier.verify(token(issuer, **changed))[0] for changed in claims]
    assert len(set(names)) == len(claims)
    assert max(len(name) for name in names) <= 200


def test_a_token_opens_the_service_by_its_role(issuer: str) -> None:
    """Through HTTP: the role claim decides; a token without a role of this service is refused with words on whom to ask."""
    context = sample_context()
    context = replace(context, access=Access(context.records.keys, TokenVerifier(AccessSettings(oidc_issuer=issuer)), "127.0.0.1"))
    with TestClient(create_app(context)) as client:

        def status(path: str, **changes: Any) -> tuple[int, str]:
            response = client.get(path, headers={"Authorization": f"Bearer {token(issuer, **changes)}"})
            return response.status_code, response.json().get("code", "")

        assert client.get("/v1/index").status_code == 401
        assert status("/v1/index") == (200, "")
        assert status("/v1/audit") == (403, "forbidden")
        assert status("/v1/audit", role="admin") == (200, "")
        assert status("/v1/index", role="king") == (403, "forbidden")
        assert status("/v1/index", exp=1) == (401, "unauthenticated")
