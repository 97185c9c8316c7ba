"""Who may see and do what: basic authentication, the web config file, TLS, headers, and rate limits."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode

import aiohttp
import pytest
import trustme

from opd_exporter.models import Status
from opd_exporter.web import WebConfigError, WebConfigFile, WebServer
from opd_exporter.web.server import parse_listen_address
from support.tools import run_tool
from support.webserver import PASSWORD, USER, hash_password, serving, write_users

SECRETS = ("siti@example.go.id", "0812", "masuk-admin")
LOGIN = {"Authorization": "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
READING = ("/", "/sites/dinkes", "/metrics", "/sd", "/api/v1/sites", "/api/v1/sites/dinkes", "/probe?target=dinkes")


async def get(client, url, expected=200, **headers):
    """The text of one GET."""
    async with client.get(url, headers=headers) as response:
        assert response.status == expected, url
        return await response.text()


async def post(client, url, **headers):
    """The status of one POST."""
    async with client.post(url, headers=headers, allow_redirects=False) as response:
        return response.status


async def test_security_headers_everywhere(client):
    """Pages, errors, metrics and static files forbid scripts and frames of others."""
    async with serving() as server:
        for path in (*READING, "/nope", "/static/style.css", "/-/healthy"):
            async with client.get(server.url + path) as response:
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["X-Frame-Options"] == "DENY"


async def test_without_users_nothing_sensitive_is_shown(client):
    """No authentication configured: contact and admin link are on no page and in no API."""
    async with serving() as server:
        for path in READING:
            text = await get(client, server.url + path, **LOGIN)
            shown = [secret for secret in SECRETS if secret in text]
            # The registry asks for alerts to this address, so Alertmanager must learn it from the metrics.
            assert shown == (["siti@example.go.id"] if path in {"/metrics", "/probe?target=dinkes"} else [])
        await get(client, f"{server.url}/masuk", 404)


async def test_with_users_every_route_asks(client, tmp_path):
    """As in the exporter-toolkit, all routes need the password; only health and the program's own style stay open."""
    async with serving(config=write_users(tmp_path / "web.yml")) as server:
        for path in (*READING, "/nope", "/report", "/static"):
            async with client.get(server.url + path) as response:
                assert response.status == 401, path
                assert response.headers["WWW-Authenticate"].startswith("Basic")
        for path in ("/-/healthy", "/-/ready", "/static/style.css", "/static/app.js", "/static/icon.svg"):
            await get(client, server.url + path)
        assert '<a href="/report?month=2020-11">Masuk</a>' in await get(
            client, f"{server.url}/report?month=2020-11", 401
        )
        assert "evil" not in await get(client, f"{server.url}//evil.example/x", 401)
        text = await get(client, f"{server.url}/sites/dinkes", **LOGIN)
        assert all(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    "header",
    [
        "Basic " + b64encode(f"{USER}:wrong".encode()).decode(),
        "Basic " + b64encode(f"nobody:{PASSWORD}".encode()).decode(),
        "Basic " + b64encode(f"{USER}:{PASSWORD}{'x' * 100}".encode()).decode(),
        "Basic " + b64encode(f"{USER}:{PASSWORD}\0".encode()).decode(),
        "Basic " + b64encode(b"\xff\xfe:\xff").decode(),
        "Basic ####",
        "Basic " + b64encode(USER.encode()).decode(),
        "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode() + "é",
        "Basic",
        "Bearer abc",
        "",
    ],
)
async def test_wrong_credentials(client, tmp_path, header):
    """Every wrong, odd or broken credential is refused, none is an error."""
    async with serving(config=write_users(tmp_path / "web.yml")) as server:
        await get(client, f"{server.url}/", 401, Authorization=header)


async def test_public_reading_keeps_secrets_behind_the_login(client, tmp_path):
    """With public reading everyone sees the status, users see contacts, and the login leads back to a local page."""
    async with serving(config=write_users(tmp_path / "web.yml"), public_read=True) as server:
        text = await get(client, f"{server.url}/sites/dinkes")
        assert not [secret for secret in SECRETS if secret in text]
        assert "/masuk?kembali=/sites/dinkes" in text
        text = await get(client, f"{server.url}/sites/dinkes", **LOGIN)
        assert all(secret in text for secret in SECRETS)
        await get(client, f"{server.url}/masuk", 401)
        # Metrics name the addresses that alerts are mailed to.
        for path in ("/metrics", "/probe?target=dinkes"):
            await get(client, server.url + path, 401)
            await get(client, server.url + path, **LOGIN)
        await get(client, f"{server.url}/", 401, Authorization="Basic eDp5")
        for back, expected in (
            ("/sites/dinkes", "/sites/dinkes"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example/", "/"),
            ("/%0d%0aSet-Cookie:x", "/"),
        ):
            url = f"{server.url}/masuk?kembali={back}"
            async with client.get(
                aiohttp.client.URL(url, encoded=True), headers=LOGIN, allow_redirects=False
            ) as response:
                assert (response.status, response.headers["Location"]) == (303, expected)
        assert await post(client, f"{server.url}/-/reload") == 401
        assert await post(client, f"{server.url}/-/reload", **LOGIN) == 200


async def test_many_wrong_passwords_do_not_stop_the_server(client, tmp_path):
    """A storm of guesses is answered with 401 or 429 while health and a right password stay quick."""
    config = write_users(tmp_path / "web.yml", {USER: hash_password()})
    async with serving(config=config) as server:
        await get(client, f"{server.url}/", **LOGIN)

        async def guess(number):
            header = "Basic " + b64encode(f"{USER}:{number}".encode()).decode()
            async with client.get(f"{server.url}/", headers={"Authorization": header}) as response:
                return response.status

        guesses = asyncio.gather(*(guess(number) for number in range(200)))
        await get(client, f"{server.url}/-/healthy")
        await get(client, f"{server.url}/", **LOGIN)
        assert set(await guesses) <= {401, 429}


async def test_acting_needs_a_right(client, tmp_path):
    """Reload and recheck are refused without users or the lifecycle flag, and nothing is called."""
    async with serving() as server:
        assert await post(client, f"{server.url}/-/reload") == 403
        assert await post(client, f"{server.url}/sites/dinkes/periksa") == 403
        async with client.get(f"{server.url}/-/reload") as response:
            assert response.status == 405
        assert (server.calls.reloads, server.calls.rechecks) == (0, [])
        assert "Periksa sekarang" not in await get(client, f"{server.url}/sites/dinkes")
    async with serving(enable_lifecycle=True) as server:
        assert await post(client, f"{server.url}/-/reload") == 200
        assert "Periksa sekarang" in await get(client, f"{server.url}/sites/dinkes")
        assert await post(client, f"{server.url}/sites/dinkes/periksa") == 303
        assert (server.calls.reloads, server.calls.rechecks) == (1, ["dinkes"])


async def test_other_sites_cannot_make_a_browser_act(client):
    """A form on another site is refused even when the browser sends along what it knows."""
    async with serving(enable_lifecycle=True) as server:
        own = server.url
        for headers, expected in (
            ({"Origin": "https://evil.example"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": own}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": own}, 200),
            ({"Sec-Fetch-Site": "same-origin", "Origin": own}, 200),
        ):
            assert await post(client, f"{server.url}/-/reload", **headers) == expected


async def test_a_bad_registry_is_told(client):
    """The mistakes of a refused reload come back as text with an error status."""
    async with serving(enable_lifecycle=True) as server:
        server.calls.reload_error = ValueError("sites.yml:3: sites[0].url: bukan URL")
        async with client.post(f"{server.url}/-/reload") as response:
            assert response.status == 500
            assert "sites.yml:3" in await response.text()


async def test_rechecks_are_rate_limited(client):
    """The same site not twice within half a minute, and not too many sites in a minute."""
    from support.fleet import make_state

    states = [make_state(f"s{number}") for number in range(30)] + [make_state("damkar", Status.PENDING)]
    async with serving(states, enable_lifecycle=True) as server:
        assert await post(client, f"{server.url}/sites/s0/periksa") == 303
        async with client.post(f"{server.url}/sites/s0/periksa", allow_redirects=False) as response:
            assert response.status == 429
            assert 1 <= int(response.headers["Retry-After"]) <= 30
        statuses = [await post(client, f"{server.url}/sites/s{number}/periksa") for number in range(1, 30)]
        assert statuses.count(303) == 19
        assert statuses.count(429) == 10
        assert await post(client, f"{server.url}/sites/nope/periksa") == 404


async def test_a_failing_handler_is_a_plain_error(client, capsys):
    """An exception inside becomes a 500 without a traceback, in the format of the route."""

    def broken():
        raise RuntimeError("rahasia dalam")

    async with serving(services={"snapshot": broken}) as server:
        for path in ("/", "/api/v1/sites", "/metrics"):
            text = await get(client, server.url + path, 500)
            assert "rahasia" not in text
            assert "Traceback" not in text


async def test_ready_waits_for_the_first_round(client):
    """``/-/ready`` is 503 until every site was seen once; ``/-/healthy`` is 200 from the start."""
    done = []
    async with serving(services={"ready": lambda: bool(done)}) as server:
        await get(client, f"{server.url}/-/ready", 503)
        await get(client, f"{server.url}/-/healthy")
        done.append(True)
        await get(client, f"{server.url}/-/ready")


# -- the web config file ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    """A certificate authority of its own."""
    return trustme.CA()


def write_tls(folder, authority, name="localhost", **extra):
    """A certificate for ``name`` on loopback and a web config that uses it."""
    made = authority.issue_cert(name, "127.0.0.1")
    for file, blob in (("server.crt", made.cert_chain_pems[0]), ("server.key", made.private_key_pem)):
        # Written beside and moved, as certificate tools do: a half-written file is never seen.
        blob.write_to_path(folder / f"{file}.new")
        (folder / f"{file}.new").replace(folder / file)
    lines = ["tls_server_config:", "  cert_file: server.crt", "  key_file: server.key"]
    lines += [f"  {key}: {value}" for key, value in extra.items()]
    path = folder / "web.yml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def wait_until(condition, seconds=10.0):
    """Poll ``condition`` (a coroutine function) until it is true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await condition():
        assert loop.time() < deadline
        await asyncio.sleep(0.1)


async def test_https_with_a_certificate_that_changes(client, tmp_path, authority):
    """TLS is served, old protocols are refused, and a renewed certificate is used without a restart."""
    path = write_tls(tmp_path, authority)
    assert run_tool("promtool", "check", "web-config", path).returncode == 0
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)

    async def serial(port):
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusted, server_hostname="localhost")
        found = writer.get_extra_info("peercert")["serialNumber"]
        writer.close()
        await writer.wait_closed()
        return found

    async with serving(config=path) as server:
        assert server.url.startswith("https://")
        async with client.get(f"{server.url}/-/healthy", ssl=trusted) as response:
            assert response.status == 200
        first = await serial(server.port)
        write_tls(tmp_path, authority)

        async def renewed():
            return await serial(server.port) != first

        await wait_until(renewed)


async def test_client_certificates(client, tmp_path, authority):
    """With ``RequireAndVerifyClientCert`` a client without a certificate gets nothing."""
    authority.cert_pem.write_to_path(tmp_path / "ca.crt")
    path = write_tls(tmp_path, authority, client_auth_type="RequireAndVerifyClientCert", client_ca_file="ca.crt")
    without = ssl.create_default_context()
    authority.configure_trust(without)
    with_one = ssl.create_default_context()
    authority.configure_trust(with_one)
    authority.issue_cert("prometheus").configure_cert(with_one)
    async with serving(config=path) as server:
        async with client.get(f"{server.url}/-/healthy", ssl=with_one) as response:
            assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            async with client.get(f"{server.url}/-/healthy", ssl=without) as response:
                await response.read()


async def test_changed_users_count_at_once(client, tmp_path):
    """A new password is taken within a moment and the old one is refused; a broken file keeps the last good one."""
    path = write_users(tmp_path / "web.yml")
    async with serving(config=path) as server:
        await get(client, f"{server.url}/", **LOGIN)
        write_users(path, {USER: hash_password("lain")})
        other = {"Authorization": "Basic " + b64encode(f"{USER}:lain".encode()).decode()}

        async def accepted():
            async with client.get(f"{server.url}/", headers=other) as response:
                return response.status == 200

        await wait_until(accepted)
        await get(client, f"{server.url}/", 401, **LOGIN)
        path.write_text("basic_auth_users: [broken", encoding="utf-8")
        await asyncio.sleep(1.2)
        await get(client, f"{server.url}/", 401)
        await get(client, f"{server.url}/", **other)


GOOD = f"""
basic_auth_users:
  petugas: {hash_password()}
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
"""


async def test_headers_of_the_file(client, tmp_path):
    """Headers of the toolkit's format are added, and promtool accepts the same file."""
    path = tmp_path / "web.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert run_tool("promtool", "check", "web-config", path).returncode == 0
    async with serving(config=path) as server, client.get(f"{server.url}/", headers=LOGIN) as response:
        assert response.headers["X-Frame-Options"] == "deny"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("basic_auth_users: {a: plaintext}", "not a bcrypt hash"),
        ("basic_auth_users: {'a:b': x}", "not a user name"),
        ("basic_auth_users: [a]", "must be a mapping"),
        ("basic_auth: {}", "unknown key 'basic_auth'"),
        ("tls_server_config: {cert_file: a.crt}", "both cert_file and key_file"),
        ("tls_server_config: {cert_file: a.crt, key_file: a.key}", "cannot load"),
        ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}", "TLS10 is refused"),
        ("tls_server_config: {cert_file: a, key_file: b, min_version: SSL3}", "must be TLS12 or TLS13"),
        ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS13, max_version: TLS12}", "above max_version"),
        ("tls_server_config: {cert_file: a, key_file: b, cipher_suites: [X]}", "cipher_suites is not supported here"),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequestClientCert}",
            "client_auth_type must be",
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}",
            "needs client_ca_file",
        ),
        ("http_server_config: {headers: {Set-Cookie: x}}", "unknown key 'Set-Cookie'"),
        ('http_server_config: {headers: {X-Frame-Options: "a\\nb"}}', "one line of text"),
        ("http_server_config: {http2: maybe}", "http2 must be"),
        ("[1]", "the file: must be a mapping"),
        ("a: [", "not YAML"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path, text, message):
    """A web config that cannot be obeyed stops the start, with the mistake."""
    path = tmp_path / "web.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WebConfigError, match=message):
        WebConfigFile(path)


def test_a_missing_file_is_named(tmp_path):
    """A path that leads nowhere stops the start."""
    with pytest.raises(WebConfigError, match="cannot read"):
        WebConfigFile(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (":19715", (None, 19715)),
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("[::1]:80", ("::1", 80)),
        ("localhost:1", ("localhost", 1)),
    ],
)
def test_listen_addresses(address, expected):
    """Addresses are written as in Prometheus."""
    assert parse_listen_address(address) == expected


@pytest.mark.parametrize("address", ["", "19715", "host", ":", ":x", ":70000", "::1:80", "[::1:80", ":-1"])
def test_wrong_listen_addresses(address):
    """What is no address to listen on is refused with a word about the form."""
    with pytest.raises(ValueError, match="listen"):
        parse_listen_address(address)


async def test_a_taken_port_is_an_error():
    """A second server on the same port fails at start and leaves nothing open."""
    async with serving() as server:
        from aiohttp import web

        other = WebServer(web.Application(), f"127.0.0.1:{server.port}")
        with pytest.raises(OSError, match="address already in use"):
            await other.start()
