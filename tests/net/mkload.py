#!/usr/bin/env python3
"""mkload.py - a second writer, and reader, of firmware files, that shares nothing with the generator
or with the phone: written from the public descriptions alone (cnu-fpu's fpu.pl, a pattern for a hex
editor, FORMAT.md's table of the envelope). What one description has wrong, two readings do not.

  mkload.py DIR archive NAME [WORD...]   a component that is an archive: /bin/app and /bin/data
      raw      a raw image first: type 6, no name     raw-last  the same at the end
      raw-only nothing else                           nameless-N  type N without a name first
      raw-at-N type 6 whose name offset is N          deleted   an empty file, flag 1
      pad-N    N bytes after the last content         short-N   the last N bytes are missing
  mkload.py DIR image NAME [BYTES]       a component that is none, of that many bytes
  mkload.py DIR list NAME TEXT           a list: what stands behind the envelope; \\r and \\n are read
  mkload.py read FILE                    "files nameless padding" of an archive with its envelope

Everything is signed by firmware-samples/test-key.pem, by SHA-256.
"""
import base64, hashlib, os, struct, sys

MAGIC = b'CNU_File_Archive_3.0'
SHA256_INFO = bytes.fromhex('3031300d060960864801650304020105000420')


def numbers(der):
    """The integers of a PKCS#1 private key."""
    def length(at):
        n = der[at]
        if n < 0x80:
            return n, at + 1
        return int.from_bytes(der[at + 1:at + 1 + n - 0x80], 'big'), at + 1 + n - 0x80
    _, at = length(1)
    out = []
    while at < len(der):
        n, at = length(at + 1)
        out.append(int.from_bytes(der[at:at + n], 'big'))
        at += n
    return out


def sign(data):
    path = os.path.join(os.path.dirname(__file__), '../../firmware-samples/test-key.pem')
    with open(path) as f:
        pem = f.read().split('-----')[2]
    _, modulus, _, private = numbers(base64.b64decode(pem))[:4]
    size = (modulus.bit_length() + 7) // 8
    info = SHA256_INFO + hashlib.sha256(data).digest()
    block = b'\0\1' + b'\xff' * (size - len(info) - 3) + b'\0' + info
    return pow(int.from_bytes(block, 'big'), private, modulus).to_bytes(size, 'big')


def tlv(tag, value):
    return struct.pack('>BH', tag, len(value)) + value


def wrap(name, payload):
    signer = tlv(4, b'CN=second writer\0') + tlv(5, bytes(8)) + tlv(6, b'CN=nobody\0')
    algorithms = tlv(8, b'\2') + tlv(9, tlv(10, b'\0') + tlv(11, b'\2'))

    def head(length, signature):
        return (tlv(1, b'\1\1') + tlv(2, struct.pack('>H', length)) + tlv(3, signer) +
                tlv(7, algorithms) + signature + tlv(14, name.encode() + b'\0') +
                tlv(15, struct.pack('>I', 1500000000)))
    plain = len(head(0, tlv(12, bytes(256))))
    padding = -plain % 4
    rest = b'\x0d' * padding + payload
    signature = sign(head(plain + padding, b'') + rest)
    return head(plain + padding, tlv(12, signature)) + rest


def records(words):
    files = [(7, 2, b'/bin/app', b'application ' * 60, None), (7, 2, b'/bin/data', b'data ' * 7, None)]
    for word in words:
        what, _, number = word.rpartition('-') if word[-1].isdigit() else (word, '', '0')
        image = b'raw image, synthetic\n' * 11
        if what == 'raw':
            files.insert(0, (6, 2, None, image, 0))
        elif what == 'raw-last':
            files.append((6, 2, None, image, 0))
        elif what == 'raw-only':
            files = [(6, 2, None, image, 0)]
        elif what == 'nameless':
            files.insert(0, (int(number), 2, None, image, 0))
        elif what == 'raw-at':
            files.insert(0, (6, 2, None, image, int(number)))
        elif what == 'deleted':
            files.insert(1, (7, 1, b'/bin/old', b'', None))
    return files


def archive(words):
    files = records(words)
    at = 0x248 + 20 * len(files)
    names = b''
    table = b''
    for kind, flag, name, data, offset in files:
        offset = at + len(names) if name is not None else offset
        table += struct.pack('>5I', kind, flag, len(data), 1500000000, offset)
        names += name + b'\0' if name is not None else b''
    out = MAGIC + bytes(28) + struct.pack('>2I', len(files), at + len(names)) + MAGIC + bytes(508)
    out += table + names + b''.join(f[3] for f in files)
    for word in words:
        if word.startswith('pad-'):
            out += b'\x55' * int(word[4:])
        if word.startswith('short-'):
            out = out[:-int(word[6:])]
    return out


def read(path):
    """As the hex editor's pattern walks it."""
    with open(path, 'rb') as f:
        data = f.read()
    data = data[struct.unpack_from('>H', data, 8)[0]:]
    count, content = struct.unpack_from('>2I', data, 0x30)
    assert data[:20] == MAGIC and data[0x38:0x38 + 20] == MAGIC
    assert not any(data[20:0x30]) and not any(data[0x4c:0x248])
    nameless, at, names = 0, content, 0x248 + 20 * count
    for i in range(count):
        kind, flag, size, _, name = struct.unpack_from('>5I', data, 0x248 + 20 * i)
        assert kind in (6, 7) and (kind == 6) == (name == 0) and flag == 2, (kind, flag, name)
        if name:
            assert name == names, 'names stand one after the other'
            names = data.index(b'\0', name) + 1
        nameless += name == 0
        at += size
    assert names == content and at <= len(data)
    print(count, nameless, len(data) - at)


def main(args):
    if args[0] == 'read':
        return read(args[1])
    where, what, name, *words = args
    if what == 'archive':
        payload = archive(words)
    elif what == 'image':
        payload = hashlib.shake_256(name.encode()).digest(int(words[0]) if words else 1100)
    else:
        payload = words[0].encode().decode('unicode_escape').encode('latin-1')
    with open(os.path.join(where, name), 'wb') as f:
        f.write(wrap(name, payload))


main(sys.argv[1:])
