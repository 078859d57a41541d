"""Takes libtensorflow out of the PyPI wheel of tensorflow-cpu without unpacking the rest.

usage: extract-wheel.py WHEEL SHA256 FOLDER

Checks the wheel's SHA-256 (exit status 3 when it is another), then writes FOLDER/lib and
FOLDER/include. Prints "Progress BYTES of TOTAL" lines.
"""

import hashlib
import os
import sys
import zipfile

LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
HEADERS = ("tensorflow/include/tensorflow/", "tensorflow/include/tsl/")
CHUNK = 4 << 20


def sha256(file_name):
    digest = hashlib.sha256()
    with open(file_name, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def target(name):
    """Where a member of the wheel belongs, below the folder; None when it is not wanted."""
    if name in LIBRARIES:
        return "lib/" + name.removeprefix("tensorflow/")
    if name.startswith(HEADERS) and not name.endswith("/"):
        return name.removeprefix("tensorflow/")
    return None


def extract(wheel, folder):
    members = [member for member in wheel.infolist() if target(member.filename)]
    total = sum(member.file_size for member in members)
    done = 0
    for member in members:
        path = os.path.join(folder, target(member.filename))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with wheel.open(member) as source, open(path, "wb") as copy:
            while chunk := source.read(CHUNK):
                copy.write(chunk)
                done += len(chunk)
                if len(chunk) == CHUNK:
                    print(f"Progress {done} of {total}", flush=True)


def main():
    wheel_name, expected, folder = sys.argv[1:]
    found = sha256(wheel_name)
    if found != expected:
        print(f"SHA-256 is {found}, not {expected}")
        sys.exit(3)
    with zipfile.ZipFile(wheel_name) as wheel:
        extract(wheel, folder)


main()
