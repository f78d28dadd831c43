"""Who may do what: keys, roles, the sign-in of the page, other sites and other hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from ragqa.errors import SettingsInvalid
from ragqa.types import Role
from ragqa.web.access import COOKIE, PERMISSIONS, Permission, require_access_control
from ragqa.web.app import create_app
from ragqa.web.context import Context
from tests.answers import samples
from tests.web.conftest import sample_context

ASK = {"question": samples.QUESTION}


@pytest.fixture
def context() -> Context:
    """Return a context with records of its own."""
    return sample_context()


@pytest.fixture
def caller(context: Context) -> Iterator[TestClient]:
    """Return a client of the application over that context."""
    with TestClient(create_app(context), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def key(context: Context, role: Role = Role.READER, expires: datetime | None = None) -> str:
    """Make a key and return its secret."""
    return context.records.keys.create("ada", role.value, expires)[1]


def bearer(secret: str) -> dict[str, str]:
    """Return the header that carries a key."""
    return {"Authorization": f"Bearer {secret}"}


def test_on_this_machine_without_keys_everything_is_open(client: TestClient) -> None:
    """The default of one machine: no key, and every permission."""
    me = client.get("/v1/me").json()
    assert me == {"name": "local", "role": "admin", "permissions": [permission.value for permission in Permission], "is_open": True}


def test_with_the_first_key_everyone_needs_one(caller: TestClient, context: Context) -> None:
    """The same request is answered, then refused with the way in, then answered with the key."""
    assert caller.post("/v1/ask", json=ASK).status_code == 200
    secret = key(context)
    refused = caller.post("/v1/ask", json=ASK)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert caller.post("/v1/ask", json=ASK, headers=bearer(secret)).status_code == 200


def test_probes_stay_open(caller: TestClient, context: Context) -> None:
    """Whoever watches the process needs no key."""
    key(context)
    assert [caller.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (bearer("ragqa_unknown"), "not known"),
        (bearer("something.else.entirely"), "not known"),
        ({"Authorization": "Basic YTpi"}, "no bearer token"),
        ({"Authorization": "Bearer "}, "needs a key"),
    ],
)
def test_a_key_that_is_none_is_refused(caller: TestClient, context: Context, header: dict[str, str], words: str) -> None:
    """The problem says what is wrong with what was sent."""
    key(context)
    response = caller.get("/v1/documents", headers=header)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert words in response.json()["detail"]


def test_an_expired_key_and_a_revoked_one_are_refused_by_name(caller: TestClient, context: Context) -> None:
    """The holder learns why the key no longer works."""
    expired = key(context, expires=datetime.now(UTC) - timedelta(seconds=1))
    assert "has expired" in caller.get("/v1/documents", headers=bearer(expired)).json()["detail"]
    record, secret = context.records.keys.create("bob", "reader")
    assert caller.get("/v1/documents", headers=bearer(secret)).status_code == 200
    context.records.keys.revoke(record.key_id)
    assert "was revoked" in caller.get("/v1/documents", headers=bearer(secret)).json()["detail"]


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_it_is_for(caller: TestClient, context: Context, role: Role) -> None:
    """A route answers 403 exactly where the role lacks its permission, and names the roles that have it."""
    secret = key(context, role)
    routes = {
        Permission.ASK: ("POST", "/v1/search", {"query": "first line"}),
        Permission.READ: ("GET", "/v1/index", None),
        Permission.UPLOAD: ("POST", "/v1/index/rollback", None),
        Permission.ADMINISTER: ("GET", "/v1/audit", None),
    }
    for permission, (method, path, body) in routes.items():
        response = caller.request(method, path, json=body, headers=bearer(secret))
        assert (response.status_code == 403) == (permission not in PERMISSIONS[role]), path
        if response.status_code == 403:
            assert response.json()["code"] == "forbidden"
            assert "admin" in response.json()["detail"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_changes_nothing(client: TestClient, method: str, headers: dict[str, str]) -> None:
    """Even an open service on this machine is not at the mercy of a page in its user's browser."""
    response = client.request(method, "/v1/documents/x" if method == "DELETE" else "/v1/index/rebuild", headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "cross-site")


def test_its_own_page_and_programs_may_change_things(client: TestClient) -> None:
    """A form of the same origin, and a program without an origin, pass."""
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, {"Origin": "http://testserver"}, {}):
        assert client.post("/v1/search", json={"query": "first line"}, headers=headers).status_code == 200


def test_a_foreign_name_that_points_here_is_refused(client: TestClient) -> None:
    """A page whose host name was made to point to this machine gets no answer; addresses of this machine do."""
    refused = client.get("/v1/documents", headers={"Host": "rebound.example:8000"})
    assert (refused.status_code, refused.json()["code"]) == (400, "host-not-allowed")
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert client.get("/v1/documents", headers={"Host": host}).status_code == 200


def test_only_allowed_names_are_answered_where_some_are_set() -> None:
    """Behind a proxy the service answers to the names it was given."""
    context = sample_context(allowed_hosts=("library.hospital.example",))
    with TestClient(create_app(context), base_url="http://library.hospital.example") as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz", headers={"Host": "other.example"}).status_code == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "library.example"])  # noqa: S104 - refused here
def test_an_open_service_does_not_start_where_others_reach_it(host: str) -> None:
    """The message says what to do; a key or an identity provider lets it start."""
    with pytest.raises(SettingsInvalid, match="ragqa keys create"):
        require_access_control(host, has_keys=False, has_verifier=False)
    require_access_control(host, has_keys=True, has_verifier=False)
    require_access_control(host, has_keys=False, has_verifier=True)
    require_access_control("127.0.0.1", has_keys=False, has_verifier=False)
    require_access_control("127.0.0.1", ("localhost",), has_keys=False, has_verifier=False)


def test_a_service_behind_a_proxy_is_never_open() -> None:
    """On this machine's own address, but answering to a name that others use: it does not start without a key, and lets nobody in without one."""
    names = ("library.hospital.example",)
    with pytest.raises(SettingsInvalid, match=r"library\.hospital\.example.*ragqa keys create"):
        require_access_control("127.0.0.1", names, has_keys=False, has_verifier=False)
    with TestClient(create_app(sample_context(allowed_hosts=names)), base_url=f"http://{names[0]}") as client:
        assert client.get("/v1/index").status_code == 401


def test_a_page_asks_to_sign_in_and_leads_back(caller: TestClient, context: Context) -> None:
    """A browser is sent to the sign-in page, and with a valid key back to where it was going, with a cookie no script can read."""
    secret = key(context)
    sent = caller.get("/documents?page=2", headers={"Accept": "text/html"})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in?next=%2Fdocuments%3Fpage%3D2")
    assert caller.get(sent.headers["Location"]).status_code == 200
    done = caller.post("/sign-in", data={"key": secret, "next": "/documents?page=2"})
    assert (done.status_code, done.headers["Location"]) == (303, "/documents?page=2")
    cookie = done.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}
    assert caller.get("/v1/me").json()["name"] == "ada"
    caller.post("/sign-out")
    assert caller.get("/v1/me").status_code == 401


def test_a_wrong_key_at_the_sign_in_page_is_told_there(caller: TestClient, context: Context) -> None:
    """The page comes back with the complaint, without a cookie, and the audit chain notes the try."""
    key(context)
    response = caller.post("/sign-in", data={"key": "ragqa_wrong"})
    assert response.status_code == 401
    assert "not valid" in response.text
    assert "Set-Cookie" not in response.headers
    assert context.records.audit.entries(1)[0].action == "sign-in-refused"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(caller: TestClient, context: Context, address: str) -> None:
    """The address to go back to is a path of this service, or the first page."""
    done = caller.post("/sign-in", data={"key": key(context), "next": address})
    assert done.headers["Location"] == "/"


OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-out")}
CHANGES_THE_LIBRARY = {
    ("POST", "/v1/documents"),
    ("DELETE", "/v1/documents/{document_id}"),
    ("POST", "/v1/documents/{document_id}/restore"),
    ("POST", "/v1/index/rebuild"),
    ("POST", "/v1/index/rollback"),
    ("POST", "/documents"),
    ("POST", "/documents/rebuild"),
    ("POST", "/documents/rollback"),
    ("POST", "/documents/{document_id}/remove"),
    ("POST", "/documents/{document_id}/restore"),
}


def routes(context: Context) -> set[tuple[str, str]]:
    """Return (method, path) of every route of the application, static files aside."""
    found = iter_route_contexts(create_app(context).routes)
    return {(method, str(route.path)) for route in found for method in route.methods or () if method != "HEAD"}


def at(path: str) -> str:
    """Return an address of a route."""
    return re.sub(r"\{[^}]+\}", "1", path)


def test_every_route_needs_a_key_but_those_that_say_so(caller: TestClient, context: Context) -> None:
    """Also the routes that somebody adds tomorrow: without a key none answers, but probes and signing in and out."""
    key(context)
    found = routes(context)
    assert len(found) > 40
    assert {route for route in found if caller.request(route[0], at(route[1])).status_code != 401} == OPEN


def test_a_reader_changes_nothing_in_the_library(caller: TestClient, context: Context) -> None:
    """Neither through the interface nor through the pages; reviewers do not either."""
    found = routes(context)
    assert found >= CHANGES_THE_LIBRARY
    for role in (Role.READER, Role.REVIEWER):
        headers = bearer(key(context, role))
        assert {route for route in found if caller.request(route[0], at(route[1]), headers=headers).status_code == 403} >= CHANGES_THE_LIBRARY


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "rebound.example.", "evil.example:80"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/index"), ("POST", "/v1/search"), ("GET", "/documents")])
def test_a_host_name_that_is_none_is_a_problem(client: TestClient, host: str, method: str, path: str) -> None:
    """Whatever stands in the header, the answer is a clear refusal."""
    response = client.request(method, path, headers={"Host": host}, json={"query": "a"})
    assert (response.status_code, response.json()["code"]) == (400, "host-not-allowed")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_here_but_load_nothing(client: TestClient, site: str) -> None:
    """A link is followed; what another page asks for as an image, a script or data is refused, so that it cannot ask questions either."""
    asked = {"q": samples.QUESTION}
    assert client.get("/", params=asked, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}).status_code == 200
    for mode in ("no-cors", "cors"):
        refused = client.get("/", params=asked, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode})
        assert (refused.status_code, refused.json()["code"]) == (403, "cross-site")


def test_an_open_service_serves_its_own_machine_alone(context: Context) -> None:
    """Reached from elsewhere through a proxy, or on another address than was set, it refuses until there is a key."""
    app = create_app(context)
    for reached in (TestClient(app, client=("203.0.113.9", 5000)), TestClient(app, base_url="http://192.0.2.7:8000")):
        refused = reached.get("/v1/index")
        assert (refused.status_code, refused.json()["code"]) == (403, "access-control-missing")
        assert "ragqa keys create" in refused.json()["detail"]
    for client in (("127.0.0.1", 5000), ("::1", 5000)):
        assert TestClient(app, client=client, base_url="http://127.0.0.1").get("/v1/index").status_code == 200
    secret = key(context)
    assert TestClient(app, client=("203.0.113.9", 5000)).get("/v1/index", headers=bearer(secret)).status_code == 200


def test_over_https_the_cookie_never_travels_in_clear(context: Context) -> None:
    """The cookie is marked so."""
    with TestClient(create_app(context), base_url="https://testserver", follow_redirects=False) as client:
        done = client.post("/sign-in", data={"key": key(context)})
    assert "Secure" in {part.strip() for part in done.headers["Set-Cookie"].split(";")}


def test_wrong_keys_do_not_fill_the_audit_chain_nor_keep_a_right_one_out(caller: TestClient, context: Context) -> None:
    """Of thirty wrong keys in a minute twenty are noted and ten are told to wait; the right key enters at once."""
    secret = key(context)
    statuses = [caller.post("/sign-in", data={"key": "ragqa_wrong"}).status_code for _ in range(30)]
    assert statuses == [401] * 20 + [429] * 10
    assert len(context.records.audit.entries()) == 20
    assert caller.post("/sign-in", data={"key": secret}).status_code == 303


def test_the_audit_chain_names_the_key_beside_the_holder(caller: TestClient, context: Context) -> None:
    """Two keys of one name can be told apart."""
    secrets = [key(context), key(context)]
    for secret in secrets:
        caller.post("/v1/ask", json=ASK, headers=bearer(secret))
    noted = [json.loads(entry.details)["key"] for entry in context.records.audit.entries()]
    assert noted == [record.key_id for record in reversed(context.records.keys.list())]


def test_the_description_says_how_to_show_a_key(client: TestClient) -> None:
    """Programs made from the OpenAPI description know which header to send, and where."""
    described = client.get("/openapi.json").json()
    (scheme,) = described["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert described["paths"]["/v1/ask"]["post"]["security"]
    assert "security" not in described["paths"]["/healthz"]["get"]
