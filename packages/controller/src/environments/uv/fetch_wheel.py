"""Fetches uv's wheel from a Python package index, with the standard library alone, for machines without pip.

usage: fetch_wheel.py VERSION FOLDER    leaves FOLDER/bin/uv
"""
import hashlib
import html
import io
import os
import platform
import re
import sys
import urllib.parse
import urllib.request
import zipfile

INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")


def index_url():
    said = [os.environ[name] for name in INDEX_VARIABLES if os.environ.get(name)]
    return (said[0] if said else "https://pypi.org/simple").rstrip("/")


def platform_pattern():
    machine = {"amd64": "x86_64", "arm64": "arm64" if sys.platform == "darwin" else "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin":
        return re.compile(r"macosx_\d+_\d+_" + machine)
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return re.compile(libc + r"_\d+_\d+_" + machine)


def get(url):
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))
    request.add_header("Accept", "text/html")
    opener = urllib.request.build_opener()
    if parts.username:
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(
            None, request.full_url, urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or ""),
            is_authenticated=True,
        )
        opener.add_handler(urllib.request.HTTPBasicAuthHandler(passwords))
    with opener.open(request, timeout=60) as answer:
        return answer.geturl(), answer.read()


def find_wheel(version):
    listing, page = get(index_url() + "/uv/")
    wanted = platform_pattern()
    for link in re.findall(r'href="([^"]+)"', page.decode()):
        address, _, fragment = html.unescape(link).partition("#")
        file = urllib.parse.unquote(address.rsplit("/", 1)[-1])
        if file.startswith("uv-" + version + "-py3-none-") and wanted.search(file):
            return urllib.parse.urljoin(listing, address), fragment
    sys.exit("The package index has no uv %s for this machine (%s)." % (version, wanted.pattern))


def main(version, folder):
    address, fragment = find_wheel(version)
    kind, _, digest = fragment.partition("=")
    _, wheel = get(address)
    if kind != "sha256" or hashlib.sha256(wheel).hexdigest() != digest:
        sys.exit("The wheel of uv %s does not have the SHA-256 that the package index announces." % version)
    os.makedirs(os.path.join(folder, "bin"))
    target = os.path.join(folder, "bin", "uv")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive, open(target, "wb") as file:
        file.write(archive.read("uv-%s.data/scripts/uv" % version))
    os.chmod(target, 0o755)


main(sys.argv[1], sys.argv[2])
