"""Node's TLS options, and the `ssl.SSLContext` they become; `tests/node` compares what is refused with Node."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import Any

import pytest

from httpkit.errors import NodeError
from httpkit.secure_context import UNAVAILABLE, context_of, createSecureContext, from_ssl_error
from tests.certificates import CA, LOCALHOST, PASSPHRASE, WHERE, pem


def names(context: ssl.SSLContext) -> set[str]:
    return {each["name"] for each in context.get_ciphers()}


def test_versions() -> None:
    def versions(**options: Any) -> tuple[str, str]:
        made = createSecureContext(options).for_client(verify=True)
        return made.minimum_version.name, made.maximum_version.name

    assert versions() == ("TLSv1_2", "TLSv1_3")
    assert versions(minVersion="TLSv1.3") == ("TLSv1_3", "TLSv1_3")
    assert versions(maxVersion="TLSv1.2") == ("TLSv1_2", "TLSv1_2")
    assert versions(minVersion="TLSv1", maxVersion="TLSv1.1") == ("TLSv1", "TLSv1_1")
    assert versions(secureProtocol="TLSv1_1_client_method") == ("TLSv1_1", "TLSv1_1")


def test_ciphers() -> None:
    suites = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
    made = createSecureContext(ciphers=f"{suites}:ECDHE-RSA-AES128-GCM-SHA256").for_client(verify=True)
    assert names(made) == {*suites.split(":"), "ECDHE-RSA-AES128-GCM-SHA256"}
    assert createSecureContext(ciphers=suites).for_client(verify=True).minimum_version is ssl.TLSVersion.TLSv1_3


def test_who_is_asked_for_a_certificate() -> None:
    context = createSecureContext(LOCALHOST, ca=CA)
    assert context.for_client(verify=True).verify_mode is ssl.CERT_REQUIRED
    assert context.for_client(verify=False).verify_mode is ssl.CERT_NONE
    assert context.for_server(ask=False, verify=True).verify_mode is ssl.CERT_NONE
    assert context.for_server(ask=True, verify=True).verify_mode is ssl.CERT_REQUIRED
    assert context.for_server(ask=True, verify=False).verify_mode is ssl.CERT_OPTIONAL


def test_only_the_given_authorities_are_trusted() -> None:
    trusting: Any = createSecureContext(ca=CA).for_client(verify=True)
    assert [dict(part[0] for part in each["issuer"])["organizationName"] for each in trusting.get_ca_certs()] == [
        "httpkit"
    ]
    both = createSecureContext(ca=[CA.encode(), f"# a comment: ä\n{pem('self-signed')}"])
    assert both.for_client(verify=True).cert_store_stats()["x509"] == 2


def test_a_server_that_asks_for_nothing_loads_no_authorities() -> None:
    assert createSecureContext(LOCALHOST).for_server(ask=False, verify=True).cert_store_stats()["x509"] == 0


def test_options_of_openssl() -> None:
    made = createSecureContext(secureOptions=ssl.OP_NO_TICKET, honorCipherOrder=False, allowPartialTrustChain=True)
    context = made.for_client(verify=True)
    assert context.options & ssl.OP_NO_TICKET
    assert not context.options & ssl.OP_CIPHER_SERVER_PREFERENCE
    assert context.verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN


@pytest.mark.parametrize("path", [False, True])
@pytest.mark.parametrize("as_type", [str, str.encode, lambda text: bytearray(text.encode())])
def test_forms_of_keys_and_certificates(as_type: Any, path: bool) -> None:
    given = {
        "cert": as_type(LOCALHOST["cert"]),
        "key": WHERE / "localhost-key.pem" if path else as_type(LOCALHOST["key"]),
    }
    assert createSecureContext(given).has_certificate


def test_nothing_is_left_of_the_files_that_python_reads_keys_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[tuple[int, bytes]] = []

    def load(context: ssl.SSLContext, path: str, **_: Any) -> None:
        seen.append((Path(path).stat().st_mode & 0o777, Path(path).read_bytes()))

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", load)
    createSecureContext(LOCALHOST)
    assert seen == [(0o600, f"{LOCALHOST['cert']}\n{LOCALHOST['key']}".encode())]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_them_when_they_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(NodeError):
        createSecureContext(cert=LOCALHOST["cert"], key=pem("client-key"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({**LOCALHOST, "key": pem("client-key")}, "ERR_OSSL_X509_KEY_VALUES_MISMATCH", "key values mismatch"),
        ({**LOCALHOST, "cert": "cert.pem"}, "ERR_OSSL_PEM_NO_START_LINE", "Got 'cert.pem'"),
        ({**LOCALHOST, "ca": "nobody"}, "ERR_OSSL_PEM_NO_START_LINE", "options.ca"),
        ({**LOCALHOST, "key": [LOCALHOST["key"]] * 2}, "ERR_INVALID_ARG_VALUE", "one key for each"),
        ({"cert": pem("self-signed"), "key": pem("self-signed-key-encrypted")}, "ERR_OSSL_BAD_DECRYPT", "pass its"),
        ({"minVersion": "TLSv9"}, "ERR_TLS_INVALID_PROTOCOL_VERSION", '"TLSv9" is not a valid minimum'),
        ({"ciphers": "TLS_AES_128_GCM_SHA256"}, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "name all of"),
        ({"ecdhCurve": "P-256:P-384"}, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "name one curve"),
        ({"dhparam": "auto"}, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "pass the parameters"),
        ({"dhparam": "x"}, "ERR_OSSL_UNSUPPORTED", "options.dhparam"),
        ({"secureOptions": "x"}, "ERR_INVALID_ARG_TYPE", "secureOptions"),
    ],
)
def test_what_is_refused_and_what_is_said(options: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(NodeError) as refused:
        createSecureContext(options)
    assert refused.value.code == code
    assert says in str(refused.value)


@pytest.mark.parametrize("name", UNAVAILABLE)
def test_what_python_has_no_means_for_is_never_ignored(name: str) -> None:
    for make in (createSecureContext, context_of):
        with pytest.raises(NodeError) as refused:
            make({name: "something"})
        assert refused.value.code == "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"
        assert str(refused.value).endswith(UNAVAILABLE[name])
    assert createSecureContext({name: None}) is not None


def test_a_key_is_not_shown_in_an_error() -> None:
    secret = "secret" * 20
    with pytest.raises(NodeError) as refused:
        createSecureContext(cert=LOCALHOST["cert"], key=secret)
    assert "secret" not in str(refused.value)


def test_the_passphrase_of_a_key() -> None:
    cert, key = pem("self-signed"), pem("self-signed-key-encrypted")
    assert createSecureContext(cert=cert, key=key, passphrase=PASSPHRASE).has_certificate
    assert context_of({"cert": cert, "key": [{"pem": key, "passphrase": PASSPHRASE}]}).has_certificate


def test_the_same_options_share_a_context() -> None:
    one = context_of({**LOCALHOST, "ca": [CA], "host": "a"})
    assert context_of({"ca": [CA], **LOCALHOST, "host": "b", "key": LOCALHOST["key"]}) is one
    assert context_of({**LOCALHOST, "ca": [CA], "minVersion": "TLSv1.3"}) is not one
    assert one.for_client(verify=True) is one.for_client(verify=True)
    assert one.for_client(verify=True) is not one.for_client(verify=False)


def test_a_context_of_the_users() -> None:
    made = createSecureContext(LOCALHOST)
    own = ssl.create_default_context()
    assert context_of({"secureContext": made}) is made
    wrapped = context_of({"secureContext": own})
    assert wrapped.for_client(verify=False) is own
    assert wrapped.for_server(ask=False, verify=False) is own
    assert wrapped.checks_names
    with pytest.raises(NodeError) as refused:
        context_of({"secureContext": {}})
    assert refused.value.code == "ERR_TLS_INVALID_CONTEXT"


def test_errors_of_openssl() -> None:
    # As Python gives one that it has no name for.
    exc = ssl.SSLError(1, "[SSL] tlsv1 alert no application protocol (_ssl.c:1006)")
    exc.library, exc.reason = "SSL", None  # type: ignore[assignment]
    err: Any = from_ssl_error(exc)
    assert err.code == "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL"
    assert (err.library, err.reason) == ("SSL routines", "tlsv1 alert no application protocol")
    assert str(err) == "SSL routines: tlsv1 alert no application protocol"


def test_a_context_of_the_users_that_lets_in_anybody() -> None:
    lenient = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lenient.check_hostname = False
    lenient.verify_mode = ssl.CERT_NONE
    made = context_of({"secureContext": lenient})
    assert made.for_client(verify=False) is lenient
    with pytest.raises(
        NodeError, match="pass rejectUnauthorized=False. Received an ssl.SSLContext with CERT_NONE"
    ) as it:
        made.for_client(verify=True)
    assert it.value.code == "ERR_TLS_INVALID_CONTEXT"


def test_a_context_of_the_users_that_does_not_ask_who_it_must() -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made = context_of({"secureContext": own})
    assert made.for_server(ask=False, verify=True) is own
    with pytest.raises(NodeError, match="set its verify_mode to CERT_OPTIONAL"):
        made.for_server(ask=True, verify=False)
    own.verify_mode = ssl.CERT_OPTIONAL
    assert made.for_server(ask=True, verify=False) is own
    with pytest.raises(NodeError, match="set its verify_mode to CERT_REQUIRED"):
        made.for_server(ask=True, verify=True)


def test_a_context_of_the_users_is_left_as_it_is_and_judges_as_it_would() -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    own.check_hostname = False
    own.verify_mode = ssl.CERT_NONE
    before = own.get_ciphers()
    judge = context_of({"secureContext": own}).for_replay()
    assert judge.verify_mode is ssl.CERT_REQUIRED
    assert judge.cert_store_stats()["x509"] == 0
    assert context_of({"secureContext": own}).for_replay() is judge
    own.load_verify_locations(cadata=CA)
    assert context_of({"secureContext": own}).for_replay().get_ca_certs() == own.get_ca_certs()
    assert own.verify_mode is ssl.CERT_NONE
    assert own.get_ciphers() == before


def test_the_contexts_used_last_are_kept() -> None:
    made = createSecureContext(LOCALHOST)
    first = made.for_server(ask=False, verify=True)
    second = made.for_server(False, True, ("0",))
    for index in range(1, 15):
        made.for_server(False, True, (str(index),))
    assert made.for_server(ask=False, verify=True) is first
    made.for_server(False, True, ("one more",))
    assert made.for_server(ask=False, verify=True) is first
    assert made.for_server(False, True, ("0",)) is not second
