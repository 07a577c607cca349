"""Makes the certificates beside it, once and for a thousand years: `python tests/node/certificates/make.py`.

Needs trustme. `ca` signs localhost, example, client, expired, and revoked, which its list crl.pem takes back;
self-signed signs itself. A certificate is in NAME.pem, its key in NAME-key.pem.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = Path(__file__).parent
PASSPHRASE = b"open sesame"
YEAR_3000 = dt.datetime(3000, 1, 1, tzinfo=dt.UTC)
YEAR_2001 = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


def keep(name: str, certificate: bytes, key: bytes | None = None) -> None:
    (HERE / f"{name}.pem").write_bytes(certificate)
    if key is not None:
        (HERE / f"{name}-key.pem").write_bytes(key)


def issue(
    ca: trustme.CA, name: str, *identities: str, common_name: str, expires: dt.datetime = YEAR_3000
) -> trustme.LeafCert:
    made = ca.issue_cert(*identities, common_name=common_name, organization_name="httpkit", not_after=expires)
    keep(name, made.cert_chain_pems[0].bytes(), made.private_key_pem.bytes())
    return made


def take_back(ca: trustme.CA, leaf: trustme.LeafCert) -> bytes:
    """A list that says that `leaf` is no longer good."""
    key = serialization.load_pem_private_key(ca.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    number = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).serial_number
    revoked = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(YEAR_2001).build()
    revocations = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_pem_x509_certificate(ca.cert_pem.bytes()).subject)
        .last_update(YEAR_2001)
        .next_update(YEAR_3000)
        .add_revoked_certificate(revoked)
        .sign(key, hashes.SHA256())
    )
    return revocations.public_bytes(serialization.Encoding.PEM)


def self_signed() -> tuple[bytes, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(YEAR_3000)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key


def pem(key: ec.EllipticCurvePrivateKey, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def main() -> None:
    ca = trustme.CA(organization_name="httpkit", organization_unit_name="tests")
    keep("ca", ca.cert_pem.bytes())
    issue(ca, "localhost", "localhost", "127.0.0.1", "::1", common_name="localhost")
    issue(ca, "example", "example.org", "*.example.com", common_name="example.org")
    issue(ca, "client", "ann@example.org", common_name="Ann")
    issue(ca, "expired", "localhost", "127.0.0.1", common_name="localhost", expires=YEAR_2001)
    revoked = issue(ca, "revoked", "localhost", "127.0.0.1", common_name="localhost")
    (HERE / "crl.pem").write_bytes(take_back(ca, revoked))
    certificate, key = self_signed()
    keep("self-signed", certificate, pem(key, serialization.NoEncryption()))
    encrypted = pem(key, serialization.BestAvailableEncryption(PASSPHRASE))
    (HERE / "self-signed-key-encrypted.pem").write_bytes(encrypted)


if __name__ == "__main__":
    main()
