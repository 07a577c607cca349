"""What createServer and createSecureContext refuse."""

from pathlib import Path

from prelude import log, run

from httpkit import https, tls


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


def code(name, make):
    try:
        make()
        log("options", name, "ok")
    except Exception as error:  # noqa: BLE001 - what it was is the point
        log("options", name, error.code)


async def main():
    cert, key, ca, encrypted = map(pem, ["localhost", "localhost-key", "ca", "self-signed-key-encrypted"])
    attempts = {
        "a key that is a number": {"key": 1},
        "a key that is none": {"key": "x", "cert": cert},
        "a certificate that is none": {"cert": "x", "key": key},
        "a certificate that is a number": {"cert": 1, "key": key},
        "a certificate in place of the key": {"key": ca, "cert": cert},
        "the key of another": {"key": pem("client-key"), "cert": cert},
        "an authority that is a number": {"cert": cert, "key": key, "ca": [1]},
        "a version that is none": {"minVersion": "x"},
        "another version that is none": {"maxVersion": "SSLv3"},
        "a method that is none": {"secureProtocol": "x"},
        "a method and a version": {"secureProtocol": "TLSv1_2_method", "minVersion": "TLSv1.2"},
        "a method": {"secureProtocol": "TLSv1_2_method"},
        "a cipher that is none": {"ciphers": "x"},
        "ciphers of the wrong type": {"ciphers": 1},
        "no ciphers": {"ciphers": ":"},
        "ciphers": {"ciphers": "ECDHE-RSA-AES128-GCM-SHA256:!aNULL"},
        "a curve that is none": {"ecdhCurve": "x"},
        "a curve of the wrong type": {"ecdhCurve": 1},
        "a curve": {"ecdhCurve": "P-256"},
        "a revocation list that is none": {"cert": cert, "key": key, "ca": ca, "crl": "x"},
        "a passphrase of the wrong type": {"passphrase": 1, "key": key, "cert": cert},
        "a passphrase nobody needs": {"passphrase": "x", "key": key, "cert": cert},
        "the right passphrase": {"passphrase": "open sesame", "key": encrypted, "cert": pem("self-signed")},
        "a passphrase with its key": {
            "key": [{"pem": encrypted, "passphrase": "open sesame"}],
            "cert": pem("self-signed"),
        },
        "the wrong passphrase": {"passphrase": "x", "key": encrypted, "cert": pem("self-signed")},
        "no passphrase": {"key": encrypted, "cert": pem("self-signed")},
        "bytes": {"key": key.encode(), "cert": cert.encode(), "ca": [ca.encode()]},
        "only a key": {"key": key},
        "only a certificate": {"cert": cert},
    }
    for name, options in attempts.items():
        code(name, lambda options=options: https.createServer(options))
        code(name, lambda options=options: tls.createSecureContext(options))
    code("a timeout of the wrong type", lambda: https.createServer({"handshakeTimeout": "x"}))
    code("an SNICallback that is none", lambda: https.createServer({"SNICallback": 1}))
    code("ALPN twice", lambda: https.createServer({"ALPNCallback": lambda hello: None, "ALPNProtocols": ["a"]}))
    code("options that are none", lambda: https.createServer("x"))
    code("a port that is none", lambda: https.createServer().listen(-1))
    code("a context that is none", lambda: tls.connect({"port": 1, "secureContext": {}}))
    code("a check that is none", lambda: tls.connect({"port": 1, "checkServerIdentity": 1}))
    code("no Diffie-Hellman", lambda: tls.connect({"port": 1, "minDHSize": 0}))
    code("Diffie-Hellman in words", lambda: tls.connect({"port": 1, "minDHSize": "x"}))
    code("no server name", lambda: https.createServer().addContext("", {}))


run(main)
