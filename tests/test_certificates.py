"""Whom a certificate names, and what OpenSSL thinks of it; `tests/node` compares both with Node's."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from httpkit.certificates import checkServerIdentity, judged, peer_certificate
from httpkit.errors import NodeError
from httpkit.secure_context import SecureContext
from tests.certificates import CA, identity, pem

WILD = {
    "subject": {"CN": "cn.example"},
    "subjectaltname": "DNS:*.example.com, DNS:f*o.example.com, IP Address:10.0.0.1",
}


@pytest.mark.parametrize(
    ("host", "cert"),
    [
        ("www.example.com", WILD),
        ("WWW.Example.COM.", WILD),
        ("fo.example.com", WILD),
        ("10.0.0.1", WILD),
        ("::1", {"subjectaltname": "IP Address:0:0:0:0:0:0:0:1"}),
        ("cn.example", {"subject": {"CN": "cn.example"}}),
        ("b.example", {"subject": {"CN": ["a.example", "b.example"]}}),
        ("cn.example", {"subject": {"CN": "cn.example"}, "subjectaltname": "IP Address:10.0.0.1"}),
        ("xn--mnchen-3ya.de", {"subjectaltname": "DNS:xn--mnchen-3ya.de"}),
        ("münchen.de", {"subjectaltname": "DNS:xn--mnchen-3ya.de"}),
    ],
)
def test_names_that_are_those_of_the_certificate(host: str, cert: dict[str, Any]) -> None:
    assert checkServerIdentity(host, cert) is None


@pytest.mark.parametrize(
    ("host", "cert"),
    [
        ("example.com", WILD),
        ("a.b.example.com", WILD),
        ("cn.example", WILD),
        ("10.0.0.2", WILD),
        ("10.0.0.1", {"subjectaltname": "DNS:10.0.0.1"}),
        ("10.0.0.1", {"subject": {"CN": "10.0.0.1"}}),
        ("a.com", {"subjectaltname": "DNS:*.com"}),
        ("a.com", {"subjectaltname": "DNS:*"}),
        ("aXb.example.com", {"subjectaltname": "DNS:a*b*.example.com"}),
        ("f.example.com", {"subjectaltname": "DNS:f*f.example.com"}),
        ("a.b..com", {"subjectaltname": "DNS:a.b..com"}),
        ("xn--a.example.com", {"subjectaltname": "DNS:xn--*.example.com"}),
        # One name with a comma in it is not two names.
        ("evil.example", {"subjectaltname": 'DNS:"good.example, DNS:evil.example"'}),
        ("\u212amelvin.example", {"subjectaltname": "DNS:kmelvin.example\u212a"}),
        ("nobody.example", {}),
    ],
)
def test_names_that_are_not(host: str, cert: dict[str, Any]) -> None:
    err = checkServerIdentity(host, cert)
    assert isinstance(err, NodeError)
    assert err.code == "ERR_TLS_CERT_ALTNAME_INVALID"


def test_what_the_mismatch_tells() -> None:
    err: Any = checkServerIdentity("example.com.", WILD)
    assert (err.host, err.cert) == ("example.com", WILD)
    assert err.reason == f"Host: example.com. is not in the cert's altnames: {WILD['subjectaltname']}"
    assert str(err) == f"Hostname/IP does not match certificate's altnames: {err.reason}"


@pytest.mark.parametrize("names", ['DNS:"a', 'DNS:"a\nb"', 'DNS:"\\x"'])
def test_alternative_names_that_cannot_be_taken_apart(names: str) -> None:
    with pytest.raises(NodeError) as refused:
        checkServerIdentity("a.example", {"subjectaltname": names})
    assert refused.value.code == "ERR_TLS_CERT_ALTNAME_FORMAT"


def accepted_unseen(name: str) -> ssl.SSLObject:
    """A client that has met the server `name`, and asked it nothing."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = SecureContext(identity(name)).for_server(False, False).wrap_bio(there, back, server_side=True)
    client = SecureContext({"ca": CA}).for_client(verify=False).wrap_bio(back, there)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client


@pytest.mark.parametrize(
    ("server", "ca", "code"),
    [
        ("localhost", "ca", None),
        ("localhost", "self-signed", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        ("self-signed", "self-signed", None),
        ("self-signed", "ca", "DEPTH_ZERO_SELF_SIGNED_CERT"),
        ("expired", "ca", "CERT_HAS_EXPIRED"),
    ],
)
def test_certificates_are_judged_later_as_they_would_have_been_at_once(server: str, ca: str, code: str | None) -> None:
    problem = judged(accepted_unseen(server), SecureContext({"ca": pem(ca)}).for_replay())
    assert (problem and problem.code) == code


@pytest.mark.parametrize(("server", "code"), [("localhost", None), ("revoked", "CERT_REVOKED")])
def test_certificates_that_were_taken_back(server: str, code: str | None) -> None:
    problem = judged(accepted_unseen(server), SecureContext({"ca": CA, "crl": pem("crl")}).for_replay())
    assert (problem and problem.code) == code


def test_how_a_certificate_is_shown() -> None:
    cert = peer_certificate(accepted_unseen("localhost"), detailed=True)
    assert cert["subject"]["CN"] == "localhost"
    assert cert["subjectaltname"] == "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"
    assert (cert["valid_from"], cert["valid_to"]) == ("Jan  1 00:00:00 2000 GMT", "Jan  1 00:00:00 3000 GMT")
    assert cert["raw"] == ssl.PEM_cert_to_DER_cert(pem("localhost"))
    assert cert["issuerCertificate"]["raw"] == ssl.PEM_cert_to_DER_cert(CA)
    assert cert["issuerCertificate"]["issuerCertificate"] is cert["issuerCertificate"]
    assert "issuerCertificate" not in peer_certificate(accepted_unseen("localhost"))
