"""The flags of curl, and which of them were given: those that count, those that change nothing here, those refused.

Source: https://curl.se/docs/manpage.html, of curl 7.88 to 8.16
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from .mistakes import Mistake
from .shell_words import Word
from .templates import reveal

# How a flag is written below: `long/s=`, with its letter and a = if a value follows, where there is one.

# What curl.py knows how to honour.
_USED = """
    request/X= url= get/G head/I
    header/H= user-agent/A= referer/e= cookie/b= range/r= compressed user/u= oauth2-bearer=
    data/d= data-ascii= data-raw= data-binary= data-urlencode= json= form/F= form-string= upload-file/T= url-query=
    location/L location-trusted max-redirs= max-time/m= connect-timeout=
    insecure/k cacert= cert/E= key= proxy/x= proxy-user/U= noproxy=
    output/o= remote-name/O remote-name-all output-dir= globoff/g
"""

# Flags that are accepted and do nothing, by the reason why that does no harm.
_IGNORED = {
    "only curl's own output and exit code change": """
        silent/s show-error/S verbose/v include/i fail/f fail-with-body fail-early progress-bar/# progress-meter
        no-progress-meter buffer no-buffer/N write-out/w= dump-header/D= stderr= trace= trace-ascii= trace-time
        trace-ids trace-config= libcurl= styled-output suppress-connect-headers raw use-ascii/B
    """,
    "an Exchange or a Session keeps it": "cookie-jar/c= etag-save= junk-session-cookies/j",
    "it is about trying again, or about many requests": """
        retry= retry-all-errors retry-connrefused retry-delay= retry-max-time= parallel/Z parallel-immediate
        parallel-max= rate= limit-rate= speed-limit/Y= speed-time/y=
    """,
    "the request is the same over HTTP/1.1, which it is sent over": """
        http1.1 http2 http3 http0.9 alpn no-alpn npn no-npn expect100-timeout= alt-svc=
    """,
    "how the socket behaves is no part of the request": """
        ipv4/4 ipv6/6 keepalive no-keepalive keepalive-time= keepalive-cnt= tcp-nodelay tcp-fastopen mptcp
        happy-eyeballs-timeout-ms= sessionid no-sessionid
    """,
    "TLS 1.2 and later are what is used anyway": """
        tlsv1/1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 ssl ssl-reqd ssl-no-revoke ssl-revoke-best-effort ssl-allow-beast
        false-start random-file= egd-file= ca-native
    """,
    "only http:// and https:// are spoken anyway": "proto= proto-redir= disallow-username-in-url hsts=",
    "it is what happens anyway": """
        basic proxy-basic disable/q clobber create-file-mode= remote-time/R xattr remove-on-error
    """,
    "the folder has to be there": "create-dirs",
}

# Flags that would change what is sent or where it goes, by what to do instead.
_REFUSED = {
    "httpkit speaks HTTP/1.1 only. Leave it out": "http1.0/0 http2-prior-knowledge http3-only",
    "httpkit cannot log in that way. For Basic write -u USER:PASSWORD, for a token --oauth2-bearer {{token}}": """
        digest ntlm ntlm-wb negotiate anyauth aws-sigv4= delegation= service-name= login-options= sasl-authzid= sasl-ir
        krb= netrc/n netrc-file= netrc-optional tlsuser= tlspassword= tlsauthtype=
    """,
    "httpkit connects to the host in the URL. Put the address there, and add -H 'Host: NAME'": """
        resolve= connect-to= doh-url= doh-insecure doh-cert-status dns-servers= dns-interface= dns-ipv4-addr=
        dns-ipv6-addr= interface= local-port= unix-socket= abstract-unix-socket= haproxy-protocol haproxy-clientip=
        ip-tos= vlan-priority=
    """,
    "only proxies that speak HTTP, with -x URL and -U USER:PASSWORD, can be used": """
        socks4= socks4a= socks5= socks5-hostname= socks5-basic socks5-gssapi socks5-gssapi-nec socks5-gssapi-service=
        preproxy= proxy1.0= proxytunnel/p proxy-header= proxy-anyauth proxy-digest proxy-ntlm proxy-negotiate
        proxy-insecure proxy-cacert= proxy-capath= proxy-cert= proxy-cert-type= proxy-ciphers= proxy-crlfile= proxy-key=
        proxy-key-type= proxy-pass= proxy-pinnedpubkey= proxy-service-name= proxy-ssl-allow-beast
        proxy-ssl-auto-client-cert proxy-tls13-ciphers= proxy-tlsauthtype= proxy-tlspassword= proxy-tlsuser=
        proxy-tlsv1 proxy-http2 proxy-ca-native
    """,
    "of TLS, only -k, --cacert, --cert and --key can be chosen here. For more, send with http.https.Agent(…)": """
        capath= pass= cert-type= key-type= cert-status crlfile= pinnedpubkey= ciphers= tls13-ciphers= curves= sigalgs=
        tls-max= sslv2/2 sslv3/3 engine= ssl-auto-client-cert ech= tls-earlydata dump-ca-embed
    """,
    "a request is written in one place here. Write out what that file or variable says": """
        config/K= variable= expand-url= expand-data= expand-header= expand-user= expand-output=
    """,
    "write the header itself: -H 'If-None-Match: \"…\"' or -H 'If-Modified-Since: …'": "etag-compare= time-cond/z=",
    "write the range itself: -r FIRST-LAST": "continue-at/C=",
    "name the file yourself: -o FILE": "remote-header-name/J",
    "a file that is there would be overwritten. Leave it out, or choose another name": "no-clobber skip-existing",
    "redirects are followed as browsers do, and never in another way. Leave it out": "post301 post302 post303 follow",
    "httpkit sends the path as browsers write it. Leave it out": "path-as-is request-target=",
    "write the scheme before the URL: https://…": "proto-default=",
    "one request at a time. Paste the commands one by one": "next/:",
    "httpkit reads a whole response, and decodes it in its own way. Leave it out": """
        max-filesize= ignore-content-length tr-encoding
    """,
    "send the body as it is to be. Leave it out": "crlf form-escape upload-flags=",
    "it tells about curl itself. See https://curl.se/docs/manpage.html": "help/h manual/M version/V",
    "it is for other protocols than HTTP. Leave it out": """
        append/a list-only/l quote/Q= compressed-ssh hostpubmd5= hostpubsha256= pubkey= metalink
        ftp-account= ftp-alternative-to-user= ftp-create-dirs ftp-method= ftp-pasv ftp-port/P= ftp-pret ftp-skip-pasv-ip
        ftp-ssl-ccc ftp-ssl-ccc-mode= ftp-ssl-control disable-eprt disable-epsv mail-auth= mail-from= mail-rcpt=
        mail-rcpt-allowfails telnet-option/t= tftp-blksize= tftp-no-options
    """,
}


class Flag(NamedTuple):
    """A flag of curl; `is_used` if it changes the request, `refusal` says what to do without it."""

    name: str
    letter: str
    takes_value: bool
    is_used: bool
    refusal: str


class Given(NamedTuple):
    """A flag that was given and counts; a URL is one, too. `at` is where it is in the command."""

    name: str
    value: str
    at: int | None


def _flags(table: str, *, is_used: bool = False, refusal: str = "") -> Iterator[Flag]:
    for entry in table.split():
        name, _, letter = entry.rstrip("=").partition("/")
        yield Flag(name, letter, entry.endswith("="), is_used, refusal)


_ALL = (
    *_flags(_USED, is_used=True),
    *(flag for table in _IGNORED.values() for flag in _flags(table)),
    *(flag for refusal, table in _REFUSED.items() for flag in _flags(table, refusal=refusal)),
)
FLAGS = {flag.name: flag for flag in _ALL}
_LETTERS = {flag.letter: flag for flag in _ALL if flag.letter}


def given_in(words: Iterable[Word]) -> list[Given]:
    """The flags and URLs among the words that follow `curl`, in order. Raises Mistake, with its offset."""
    left = iter(words)
    given: list[Given] = []
    for word in left:
        try:
            if word.text == "--":
                return given + [Given("url", each.text, each.at) for each in left]
            _read(word, left, given)
        except Mistake as mistake:
            mistake.offset = word.at
            raise
    return given


def _read(word: Word, left: Iterator[Word], given: list[Given]) -> None:
    text, at = word
    if text[:1] in ("–", "—"):
        raise Mistake(f"{_name_in(text)} begins with a long dash, as word processors write it. Write - or --.")
    if not text.startswith("-"):
        given.append(Given("url", text, at))
    elif text.startswith("--"):
        _read_long(text[2:], at, left, given)
    else:
        _read_letters(text, at, left, given)


def _read_long(text: str, at: int | None, left: Iterator[Word], given: list[Given]) -> None:
    flag, is_on = _flag(text)
    value = _next(f"--{flag.name}", left) if flag.takes_value else ""
    if flag.is_used:
        given[:] = [each for each in given if is_on or each.name != flag.name]
        given += [Given(flag.name, value, at)] * is_on


def _read_letters(text: str, at: int | None, left: Iterator[Word], given: list[Given]) -> None:
    """`-sSL`, and `-XPOST` where the value of the last one follows at once."""
    if len(text) > 3 and text[1:] in FLAGS:
        raise Mistake(f"{text} has one dash, which is for single letters. Did you mean -{text}?")
    if text == "-":
        raise _unknown(text)
    for index, letter in enumerate(text[1:], 2):
        flag = _LETTERS.get(letter)
        if flag is None:
            raise _unknown(f"-{letter}" if letter.isascii() and letter.isprintable() else "-")
        _check(f"-{letter}", flag)
        value = (text[index:] or _next(f"-{letter}", left)) if flag.takes_value else ""
        if flag.is_used:
            given.append(Given(flag.name, value, at))
        if flag.takes_value:
            return


def _flag(text: str) -> tuple[Flag, bool]:
    """The flag that is called so, or whose name begins so, and whether it is on: `--no-location` is off."""
    name, equals, _ = text.partition("=")
    if equals and (name in FLAGS):
        raise Mistake(f"curl has no --{name}=…: the value is a word of its own. Write --{name} VALUE.")
    is_on = name in FLAGS or not name.startswith("no-")
    flag = _called(name if is_on else name.removeprefix("no-"))
    if flag is None or not (is_on or not flag.takes_value):
        raise _unknown(f"--{reveal(name)}")
    _check(f"--{name}", flag)
    return flag, is_on


def _called(name: str) -> Flag | None:
    """As curl does, take the beginning of a name for the whole where there is only one."""
    begun = [flag for flag in _ALL if name and flag.name.startswith(name)]
    if name in FLAGS:
        return FLAGS[name]
    if len(begun) > 1:
        raise Mistake(f"--{name} could be any of {', '.join(f'--{flag.name}' for flag in begun)}. Write which.")
    return begun[0] if begun else None


def _check(typed: str, flag: Flag) -> None:
    if flag.refusal:
        raise Mistake(f"{typed} cannot be done here: {flag.refusal}.")


def _next(typed: str, left: Iterator[Word]) -> str:
    word = next(left, None)
    if word is None:
        raise Mistake(f"{typed} needs a value, and the command ends there.")
    return word.text


def _unknown(typed: str) -> Mistake:
    close = get_close_matches(typed, [f"--{name}" for name in FLAGS], 1)
    hint = f"Did you mean {close[0]}?" if close else "Leave it out, or see https://curl.se/docs/manpage.html."
    return Mistake(f"{typed} is no flag of curl. {hint}")


def _name_in(text: str) -> str:
    return text.partition("=")[0].partition(":")[0]
