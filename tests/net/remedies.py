#!/usr/bin/env python3
"""remedies.py - for each row of netns/text/finding.h trees that have this finding and no other: lint's
remedy is followed as it is printed, by remedy.py, and then nothing is found any more.

    remedies.py PROJECT rows            rows without a tree, and trees without a row, a line each
    remedies.py PROJECT run WORD...     the rows whose names begin with one of the words
"""
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import yaml

import remedy

PROJECT = sys.argv[1]
BUILD = PROJECT + "/.build"
SAMPLES = PROJECT + "/firmware-samples"
LOAD, OLDER = "SCCP41.9-4-2SR3-1S", "SCCP41.9-4-2SR1-1S"
DSP, JAR = "dsp41.9-4-2ES26.sbn", "jar41sccp.9-4-2ES26.sbn"
NAME = "SEP001B54C12233"
CONFIG = NAME + ".cnf.xml"
TREES = []


def rows(*names):
    """Registers trees of a row; several arguments are several trees."""
    def add(function):
        TREES.extend((names[0], function, argument) for argument in names[1:] or [None])
        return function

    return add


class Tree:
    """A site in a folder of its own: root/, key.pem, t.fleet.yml; and the vendor's download."""
    signer = SAMPLES + "/test-key.pub.pem"
    other_load = OLDER
    store = SAMPLES + "/small"

    def __init__(self, folder):
        self.folder = folder
        self.root = folder + "/root"
        os.makedirs(self.root)
        self.fetch_load(LOAD + ".loads", self.root)
        self.fleet = {
            "name": "remedies", "firmware": self.root, "key": self.signer,
            "enterprise": {"peerFirmwareSharing": True},
            "phones": [{"model": "CP-7961G", "count": 2, "mac": "00:1B:54:C1:22:33"}]}

    def path(self, name):
        return self.root + "/" + name

    def fetch(self, name, folder):
        shutil.copy(self.store + "/" + name, folder)
        os.chmod(folder + "/" + name, 0o644)

    def fetch_load(self, name, folder):
        listed = re.findall(rb"(?<![!-~])([!-~]+\.sb[n2]) *\r?$", remedy.read(self.store + "/" + name), re.M)
        for file in [name] + [n.decode() for n in listed]:
            self.fetch(file, folder)

    def own(self, text=None, name=CONFIG, load=LOAD, vendor="<peerFirmwareSharing>1"
            "</peerFirmwareSharing>"):
        """A configuration file; its text, or what it says."""
        if text is None:
            text = "<device>\n<loadInformation>%s</loadInformation>\n<vendorConfig>%s</vendorConfig>\n" \
                   "</device>\n" % (load, vendor)
        remedy.write(self.path(name), text if isinstance(text, bytes) else text.encode("utf-8"))

    def default(self, inner=""):
        self.own("<Default><loadInformation30018>%s</loadInformation30018>%s</Default>\n"
                 % (LOAD, inner), "XMLDefault.cnf.xml")

    def make_store(self, *loads, key="test-key.pem"):
        """A download of other loads, beside the samples' newest."""
        self.store = tempfile.mkdtemp(dir=self.folder)
        for name in os.listdir(SAMPLES + "/small"):
            shutil.copy(SAMPLES + "/small/" + name, self.store)
        for load in loads:
            subprocess.run([BUILD + "/mkfirmware", "--key", SAMPLES + "/" + key, "--out", self.store,
                            "--scale", "1000", "--custom", load], check=True, capture_output=True)

    def patterns(self, path):
        value = self.fleet["tftp"][path.split(".")[1]]
        return value if isinstance(value, list) else [value]

    def each_text(self, change):
        """Everywhere that a name is written: the fleet file and the configuration files."""
        self.fleet = yaml.safe_load(change(yaml.safe_dump(self.fleet)))
        for name in os.listdir(self.root):
            if name.endswith(".cnf.xml"):
                data = remedy.read(self.path(name)).decode("utf-8")
                remedy.write(self.path(name), change(data).encode("utf-8"))

    def lint(self):
        with open(self.folder + "/t.fleet.yml", "w", encoding="utf-8") as file:
            yaml.safe_dump(self.fleet, file)
        run = subprocess.run([BUILD + "/fleet", "lint", "-f", self.folder + "/t.fleet.yml", "--json"],
                             capture_output=True, text=True)
        assert run.returncode in (0, 1), run.stderr
        return json.loads(run.stdout)["findings"]


# ---- the fleet file -------------------------------------------------------------------------------


@rows("ROOT_UNREADABLE")
def _(t, _):
    t.fleet["firmware"] = t.path(LOAD + ".loads")


@rows("ROOT_CLOSED", 0o700, 0o750, 0o711)
def _(t, mode):
    os.chmod(t.root, mode)


@rows("TOO_MANY", 1001, 5000)
def _(t, count):
    t.fleet["phones"][0]["count"] = count


@rows("SUBNET_FULL", 9, 200)
def _(t, count):
    t.fleet["phones"][0]["count"] = count
    t.fleet["lan"] = {"subnet": "10.0.0.0/28"}


@rows("SUBNET_CROWDED", 9, 20)
def _(t, count):
    t.fleet["phones"] = [{"model": "CP-7961G", "count": 2, "subnet": "a"},
                         {"model": "CP-7961G", "count": count, "subnet": "b"}]
    t.fleet["lan"] = {"subnets": {"a": "10.0.0.0/24", "b": "10.0.1.0/28"}}


def at_uplink(t, *permits, **lan):
    """One phone in a real network, of which nothing is to be told but what is not permitted."""
    t.fleet["phones"][0]["count"] = 1
    t.own()
    t.fleet["tftp"] = {"engine": "external", "address": "10.0.0.9"}
    t.fleet["lan"] = {"subnet": "10.0.0.0/24", "uplink": "eth1", **lan,
                      "permits": [p for p in ("macs", "arp", "dhcp", "bpdu", "foreign") if p not in permits]}
    if "bridge" in lan:
        del t.fleet["lan"]["uplink"]


@rows("ADDRESS_TAKEN", {"router": "10.0.0.16"}, {"first": "10.0.0.9"}, {"subnet": "10.1.1.0/24"})
def _(t, lan):
    at_uplink(t, **lan)
    t.fleet["addresses"] = "static"
    if "subnet" in lan:  # a call manager in the phones' own network
        t.fleet["callmanager"] = {"engine": "external", "address": ["10.1.1.2", "10.1.1.16"]}
        t.own("<device>%s%s<devicePool><callManagerGroup>%s</callManagerGroup></devicePool></device>"
              % (WRITTEN % LOAD, SHARING % "1", MEMBERS % (MEMBER % "10.1.1.2")))


@rows("DHCP_NAMES_NONE", {"tftp": "none"}, {"tftp": ["none"], "at": "headquarters"})
def _(t, dhcp):
    t.fleet.update(addresses="dhcp", dhcp=dhcp)


@rows("DHCP_POOL", 1, 3)
def _(t, pool):
    t.fleet.update(addresses="dhcp", dhcp={"pool": pool}, lan={"subnets": {
        "a": "10.0.0.0/24", "b": {"subnet": "10.0.1.0/24", "addresses": "static"},
        "c": "10.0.2.0/24"}}, phones=[{"model": "CP-7961G", "count": 5, "subnet": s} for s in "abc"])


@rows("UPLINK_MACS")
def _(t, _):
    at_uplink(t, "macs")


@rows("UPLINK_ARP")
def _(t, _):
    at_uplink(t, "arp")


@rows("UPLINK_DHCP")
def _(t, _):
    at_uplink(t, "dhcp")


@rows("UPLINK_BPDU")
def _(t, _):
    at_uplink(t, "bpdu", bridge="br-lab")


@rows("UPLINK_FOREIGN")
def _(t, _):
    at_uplink(t, "foreign")


@rows("UPLINK_SERVES")
def _(t, _):
    at_uplink(t)
    t.fleet["tftp"] = {"engine": "dnsmasq"}
    t.fleet["dhcp"] = {"engine": "own"}


@rows("UPLINK_PACE", 16, 1000, "unlimited")
def _(t, pace):
    at_uplink(t, pace=pace)


@rows("PATTERN_CASE", "without", "damage")
def _(t, key):
    t.own("x", "README.txt")
    t.fleet["tftp"] = {key: "readme.TXT"}


@rows("PATTERN_IDLE", "nothing.sbn", ["old.*"])
def _(t, patterns):
    t.fleet["tftp"] = {"without": patterns}


@rows("MAC_TWICE", "001B54C12234", "00:1B:54:C1:22:33", "02:1B:54:C1:22:33")
def _(t, mac):
    t.fleet["phones"].append({"model": "CP-7961G", "count": 3, "mac": mac})


@rows("MAC_RANGE", ("00:FF:FF:FF:FF:FF", 2), ("00:FF:FF:FF:FF:F0", 17))
def _(t, group):
    t.fleet["phones"] = [{"model": "CP-7961G", "mac": group[0], "count": group[1]}]


@rows("NOBODY", "CP-7970G", "SEP001B54C19999", "7")
def _(t, phones):
    t.fleet["set"] = [{"phones": phones, "peerFirmwareSharing": True}]


@rows("NOBODY_OURS")
def _(t, _):
    t.own()
    t.fleet["set"] = [{"phones": NAME, "peerFirmwareSharing": False}]


@rows("PFS_UNABLE", "group", "set")
def _(t, where):
    t.fetch_load("P00308010200.loads", t.root)
    phones = t.fleet["phones"]
    phones.append({"model": "CP-7940G"})
    if where == "group":
        phones[1]["peerFirmwareSharing"] = True
    else:
        t.fleet["set"] = [{"phones": "CP-7940G", "peerFirmwareSharing": True}]


@rows("PFS_NOWHERE", "enterprise", "off", "profile", "phones")
def _(t, where):
    group = t.fleet["phones"][0]
    if where == "enterprise":
        del t.fleet["enterprise"]
    elif where == "off":
        t.fleet["enterprise"] = {"peerFirmwareSharing": False}
    elif where == "profile":
        t.fleet["profiles"] = {"p": {"peerFirmwareSharing": False}}
        group["profile"] = "p"
    else:
        group["peerFirmwareSharing"] = False


@rows("PFS_ELSEWHERE", "<peerFirmwareSharing>0</peerFirmwareSharing>", "")
def _(t, vendor):
    t.fleet["phones"][0]["count"] = 1
    t.own(vendor=vendor)


@rows("PFS_NEVER")
def _(t, _):
    t.fleet["phones"] = [{"model": "CP-7940G"}]
    t.fetch_load("P00308010200.loads", t.root)


@rows("LOAD_UNKNOWN", OLDER, "SCCP41.9-9-9S")
def _(t, load):
    t.make_store("SCCP41.9-9-9S")
    t.fleet["phones"][0]["load"] = load


@rows("LOAD_MISSPELT", LOAD.lower(), "sccp41.9-4-2SR3-1S", LOAD + ".loads", LOAD + ".LOADS")
def _(t, load):
    t.fleet["phones"][0]["load"] = load


@rows("LOAD_RENAMED", "sccp41.9-4-2sr3-1s.loads", "Sccp41.9-4-2SR3-1S.loads", LOAD + ".LOADS")
def _(t, name):
    os.rename(t.path(LOAD + ".loads"), t.path(name))
    t.fleet["phones"][0]["load"] = LOAD


@rows("LOAD_BELOW", "firmware", "7961/new", "my loads")
def _(t, folder):
    os.makedirs(t.path(folder))
    t.fetch_load(OLDER + ".loads", t.path(folder))
    t.fleet["phones"][0]["load"] = OLDER


def archive(t, name, load):
    """A download that nobody has unpacked."""
    folder = tempfile.mkdtemp(dir=t.folder)
    t.fetch_load(load + ".loads", folder)
    if name.endswith(".zip"):
        with zipfile.ZipFile(t.path(name), "w") as z:
            for file in os.listdir(folder):
                z.write(folder + "/" + file, file)
    else:
        with tarfile.open(t.path(name), "w:gz" if name.endswith("gz") else "w") as tar:
            for file in os.listdir(folder):
                tar.add(folder + "/" + file, file)
    os.chmod(t.path(name), 0o644)


@rows("LOAD_PACKED", ("cmterm-7941_7961.zip", OLDER), ("loads.tar", OLDER), ("loads.tgz", None))
def _(t, what):
    name, load = what
    archive(t, name, load or LOAD)
    if load:
        t.fleet["phones"][0]["load"] = load
    else:
        os.remove(t.path(LOAD + ".loads"))


@rows("LOAD_NO_MODEL", "CP-7970G", "CP-7965G")
def _(t, model):
    t.fleet["phones"].append({"model": model})
    t.other_load = {"CP-7970G": "SCCP70.9-4-2SR3-1S", "CP-7965G": "SCCP45.9-4-2SR3-1S"}[model]


@rows("LOAD_FOREIGN", "SCCP70.9-4-2SR3-1S", "SIP42.9-4-2SR3-1S")
def _(t, load):
    t.fleet["phones"][0]["load"] = load


@rows("LOAD_FOREIGN_ALONE")
def _(t, _):
    t.fleet["phones"] = [{"model": "CP-7970G", "load": LOAD}]
    t.other_load = "SCCP70.9-4-2SR3-1S"


@rows("LOAD_OTHER", "own", "own and default", "default")
def _(t, which):
    t.fetch_load(OLDER + ".loads", t.root)
    if which == "own":
        t.own(load=OLDER)
        t.fleet["phones"][0]["load"] = LOAD
    elif which == "own and default":
        t.own(load=OLDER)
        t.default()
    else:
        t.default()
        t.fleet["phones"][0]["load"] = OLDER


@rows("LOAD_OTHER_NAMED", "SIP42.9-4-2SR3-1S", OLDER)
def _(t, load):
    t.fleet["phones"][0]["count"] = 1
    t.own()
    t.default()
    t.own("<Default><loadInformation30018>%s</loadInformation30018></Default>" % load,
          "XMLDefault.cnf.xml")


@rows("LOAD_OTHER_WRITTEN", "SIP42.9-4-2SR3-1S", OLDER)
def _(t, load):
    t.fleet["phones"][0]["load"] = LOAD
    t.own("<Default><loadInformation30018>%s</loadInformation30018></Default>" % load,
          "XMLDefault.cnf.xml")


@rows("LOAD_NONE", "own", "empty", "default")
def _(t, which):
    no_load(t, which)


@rows("LOAD_NONE_NEEDED", ("own", "all"), ("default", "all"), ("empty", {"count": "all", "phones": 1}),
      ("own", {"count": "all", "mode": "pfs"}))
def _(t, what):
    which, upgraded = what
    t.fleet["expect"] = {"upgraded": upgraded}
    no_load(t, which)


def no_load(t, which):
    if which == "default":
        t.own("<Default><loadInformation115>%s</loadInformation115></Default>" % LOAD,
              "XMLDefault.cnf.xml")
    else:
        t.own("<device>%s</device>" % ("<loadInformation/>" if which == "empty" else ""))


@rows("PROTOCOLS")
def _(t, _):
    sip = "SIP41.9-9-9S.loads"
    remedy.write(t.path(sip), signed(sip, listed(remedy.read(t.path(LOAD + ".loads")))))


def old(t, *loads):
    t.store = SAMPLES + "/old"
    for name in os.listdir(t.root):
        os.remove(t.path(name))
    for load in loads:
        t.fetch_load(load + ".loads", t.root)
    t.fleet["phones"][0]["running"] = "SCCP41.8-2-1S"


@rows("STEP_TOO_LONG", "SCCP41.8-2-1S", "SCCP41.8-3-2S")
def _(t, running):
    old(t, LOAD, "SCCP41.8-5-2S")
    t.fleet["phones"][0]["running"] = running


@rows("STEP_CONFIG")
def _(t, _):
    old(t, LOAD, "SCCP41.8-5-2S")
    t.fleet["phones"][0]["count"] = 1
    t.own()


@rows("STEP_MISSING")
def _(t, _):
    old(t, LOAD)
    t.other_load = "SCCP41.8-5-2S"


@rows("LEFT_OUT", DSP, "dsp41.*", [DSP, JAR])
def _(t, patterns):
    t.fleet["tftp"] = {"without": patterns}


@rows("DAMAGED", DSP, "*.loads")
def _(t, patterns):
    t.fleet["tftp"] = {"damage": patterns}


@rows("SERVER_ELSEWHERE", "phones", "profile", "enterprise")
def _(t, where):
    group = t.fleet["phones"][0]
    if where == "profile":
        t.fleet["profiles"] = {"p": {"loadServer": "10.9.9.9"}}
        group["profile"] = "p"
    else:
        {"phones": group, "enterprise": t.fleet["enterprise"]}[where]["loadServer"] = "10.9.9.9"


@rows("LOG_ELSEWHERE")
def _(t, _):
    t.fleet["logserver"] = "10.9.9.9:1514"


@rows("SERVER_WRITTEN")
def _(t, _):
    t.own(vendor="<peerFirmwareSharing>1</peerFirmwareSharing><loadServer>10.9.9.9</loadServer>")


@rows("UNVERIFIED", True, False)
def _(t, key):
    t.fleet["authentication"] = "structure"
    if not key:
        del t.fleet["key"]


def key(t, command=None, text=None):
    path = t.folder + "/key.pem"
    if command:
        subprocess.run("openssl %s -out %s" % (command, path), shell=True, check=True,
                       capture_output=True)
    else:
        remedy.write(path, text)
    os.chmod(path, 0o644)
    t.fleet["key"] = path


PRIVATE = SAMPLES + "/test-key.pem"


@rows("KEY_UNUSABLE", b"nonsense", b"", b"ssh-rsa AAAAB3NzaC1yc2E= me@there\n")
def _(t, text):
    key(t, text=text)


@rows("KEY_PUBLIC")
def _(t, _):
    key(t, "rsa -in %s -pubout" % PRIVATE)


@rows("KEY_PRIVATE")
def _(t, _):
    key(t, "pkcs8 -topk8 -nocrypt -in %s" % PRIVATE)


@rows("KEY_CERTIFICATE")
def _(t, _):
    key(t, "req -x509 -new -key %s -subj /CN=test -days 1" % PRIVATE)


@rows("KEY_CLOSED", 0o600, 0o640)
def _(t, mode):
    key(t, text=remedy.read(t.signer))
    os.chmod(t.fleet["key"], mode)


# ---- firmware -------------------------------------------------------------------------------------


def put(t, name, change):
    data = remedy.read(t.path(name))
    remedy.write(t.path(name), change(data))


FILES = {"LIST": LOAD + ".loads", "FILE": DSP}


def of_both(row, change):
    for kind in FILES:
        rows(kind + row, kind)(lambda t, k: put(t, FILES[k], lambda data: change(data, FILES[k])))


def zipped(data, name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, data)
    return out.getvalue()


def tarred(data, name):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o644
        tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


of_both("_EMPTY", lambda data, name: b"")
of_both("_EMPTY", lambda data, name: b"\r\n")
of_both("_PACKED", zipped)
of_both("_PACKED", tarred)
of_both("_PACKED", lambda data, name: gzip.compress(data))
of_both("_PAGE", lambda data, name: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>")
of_both("_PAGE", lambda data, name: b"\xef\xbb\xbf\n<HTML><head/></HTML>")


@rows("FILE_TEXT_MODE", "expanded", "stripped")
def _(t, how):
    put(t, JAR, lambda d: d.replace(b"\n", b"\r\n") if how == "expanded" else d.replace(b"\r", b""))


@rows("LIST_TEXT_MODE")
def _(t, _):
    def change(data):
        end = data.index(b"#")
        assert b"\n" in data[:end], "no line feed in this envelope: take another load"
        return data[:end].replace(b"\n", b"\r\n") + data[end:]

    put(t, LOAD + ".loads", change)


@rows("LIST_NAME", "fleet", "own")
def _(t, where):
    t.fetch_load(OLDER + ".loads", t.root)
    os.rename(t.path(OLDER + ".loads"), t.path("SCCP41.new.loads"))
    if where == "fleet":
        t.fleet["phones"][0]["load"] = "SCCP41.new"
    else:
        t.own(load="SCCP41.new")


@rows("LIST_COPY", "fleet", "own", "vendor")
def _(t, where):
    load = OLDER if where == "vendor" else "SCCP41.new"
    if where == "vendor":
        t.fetch_load(load + ".loads", t.root)
    shutil.copy(t.path(LOAD + ".loads"), t.path(load + ".loads"))
    if where == "own":
        t.own(load=load)
    else:
        t.fleet["phones"][0]["load"] = load


@rows("FILE_NAME")
def _(t, _):
    shutil.copy(t.path(JAR), t.path(DSP))


@rows("LIST_MALFORMED", 300, 10, 100)
def _(t, size):
    put(t, LOAD + ".loads", lambda d: d[:size])


@rows("FILE_BROKEN", 300, 10, 15000)
def _(t, size):
    put(t, DSP, lambda d: d[:size])


def signed(name, payload):
    """A file with the envelope of another, signed by the test key. See firmware-samples/FORMAT.md."""
    def tlv(tag, value):
        return bytes([tag]) + len(value).to_bytes(2, "big") + value

    def head(length, signature):
        return (tlv(1, b"\1\1") + tlv(2, length.to_bytes(2, "big")) +
                tlv(3, tlv(4, b"CN=test\0") + tlv(5, bytes(8)) + tlv(6, b"CN=ca\0")) +
                tlv(7, tlv(8, b"\2") + tlv(9, tlv(10, b"\0") + tlv(11, b"\2"))) + signature +
                tlv(14, name.encode() + b"\0"))

    size = len(head(0, tlv(12, bytes(256))))
    padding = b"\x0d" * (-size % 4)
    size += len(padding)
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", PRIVATE], check=True,
                               input=head(size, b"") + padding + payload,
                               capture_output=True).stdout
    return head(size, tlv(12, signature)) + padding + payload


def listed(data):
    return data[data.index(b"#"):]


@rows("LIST_FOREIGN")
def _(t, _):
    t.fetch("dsp70.9-4-2ES26.sbn", t.root)
    put(t, LOAD + ".loads", lambda d: signed(LOAD + ".loads", listed(d).replace(b"dsp41", b"dsp70")))


@rows("FILE_MISSING", DSP, JAR)
def _(t, name):
    os.remove(t.path(name))


@rows("FILE_BELOW", "old", "a/b c")
def _(t, folder):
    os.makedirs(t.path(folder))
    os.rename(t.path(DSP), t.path(folder + "/" + DSP))


@rows("FILE_IN_ARCHIVE", "loads.zip", "cmterm.tar")
def _(t, name):
    archive(t, name, LOAD)
    os.remove(t.path(DSP))


@rows("FILE_CASE", (DSP, DSP.upper()), (JAR, "Jar41sccp.9-4-2ES26.sbn"),
      (LOAD + ".loads", LOAD.lower() + ".loads"), (LOAD + ".loads", LOAD + ".Loads"))
def _(t, names):
    os.rename(t.path(names[0]), t.path(names[1]))
    if names[0] == LOAD + ".loads":
        t.own()
        t.fleet["phones"][0]["count"] = 1


@rows("FILE_CASE", LOAD.lower() + ".loads", "Sccp41.9-4-2SR3-1S.loads", LOAD + ".LOADS")
def _(t, name):
    t.fetch_load(OLDER + ".loads", t.root)
    os.rename(t.path(LOAD + ".loads"), t.path(name))


@rows("FILE_MISCALLED")
def _(t, _):
    put(t, LOAD + ".loads", lambda d: signed(LOAD + ".loads", listed(d).replace(b"dsp41", b"DSP41")))


@rows("FILE_CLOSED", DSP, LOAD + ".loads", CONFIG)
def _(t, name):
    t.own()
    os.chmod(t.path(name), 0o640)


@rows("FILE_PRIVATE")
def _(t, _):
    t.own("x", "my notes")
    os.chmod(t.path("my notes"), 0o600)


@rows("FILE_NOWHERE", "nowhere.sbn", DSP)
def _(t, target):
    os.remove(t.path(DSP))
    os.symlink(target, t.path(DSP))


@rows("FILE_OUTSIDE")
def _(t, _):
    os.rename(t.path(DSP), t.folder + "/away.sbn")
    os.symlink("../away.sbn", t.path(DSP))


@rows("FILE_NONE", os.mkdir, lambda path: os.mkfifo(path, 0o644),
      lambda path: os.symlink("/dev/null", path))
def _(t, make):
    os.remove(t.path(DSP))
    make(t.path(DSP))


@rows("NOT_AUTHENTIC")
def _(t, _):
    t.make_store("SCCP41.9-9-9S", key="unknown-key.pem")
    for name in os.listdir(t.root):
        os.remove(t.path(name))
    t.fetch_load("SCCP41.9-9-9S.loads", t.root)
    t.signer = SAMPLES + "/unknown-key.pem"


@rows("FILE_CHANGED", DSP, LOAD + ".loads")
def _(t, name):
    put(t, name, lambda d: d.replace(b"# ", b"#!", 1) if name != DSP
        else d[:-100] + bytes([d[-100] ^ 1]) + d[-99:])


@rows("BEYOND_LIMIT")
def _(t, _):
    t.fetch_load(OLDER + ".loads", t.root)
    names = b"".join(b"x%d.sbn\r\n" % i for i in range(9))
    put(t, LOAD + ".loads", lambda d: signed(LOAD + ".loads", b"#\r\n" + names))


@rows("NAME_TOO_LONG")
def _(t, _):
    t.own("x", "SCCP41.%s.loads" % ("9" * 60))


# ---- configuration --------------------------------------------------------------------------------


@rows("CONFIG_LOAD", OLDER, "SCCP41.9-9-9S")
def _(t, load):
    t.make_store("SCCP41.9-9-9S")
    t.own(load=load)


@rows("CONFIG_MISSPELT", "%s.loads", "%s.LOADS", "%s .loads", "C:\\tftp\\%s", "loads\\%s.loads")
def _(t, name):
    t.own(load=name % LOAD)


@rows("CONFIG_BELOW")
def _(t, _):
    os.makedirs(t.path("loads"))
    t.fetch_load(OLDER + ".loads", t.path("loads"))
    t.own(load=OLDER)


@rows("CONFIG_IN_ARCHIVE")
def _(t, _):
    archive(t, "new.zip", OLDER)
    t.own(load=OLDER)


@rows("LOAD_CASE", LOAD.lower(), "sccp41.9-4-2SR3-1S", "SCCP41.9-4-2sr3-1S")
def _(t, load):
    t.own(load=load)


@rows("CONFIG_FOREIGN", "own", "asked", "absent", "default")
def _(t, which):
    t.fetch_load("SCCP70.9-4-2SR3-1S.loads", t.root)
    if which == "own":
        t.own(load="SCCP70.9-4-2SR3-1S")
    elif which == "asked":
        t.fetch_load(OLDER + ".loads", t.root)
        t.own(load="SCCP70.9-4-2SR3-1S")
        t.fleet["phones"][0]["load"] = OLDER
    elif which == "absent":
        t.own("<Default><loadInformation30018>SIP42.9-4-2SR3-1S</loadInformation30018></Default>",
              "XMLDefault.cnf.xml")
    else:
        t.default()
        t.each_text(lambda text: text.replace(LOAD, "SCCP70.9-4-2SR3-1S"))


@rows("CONFIG_FOREIGN_ALONE")
def _(t, _):
    t.fleet["phones"][0] = {"model": "CP-7970G", "mac": "00:1B:54:C1:22:33"}
    t.own()
    t.other_load = "SCCP70.9-4-2SR3-1S"


@rows("CONFIG_PFS")
def _(t, _):
    t.fetch_load("P00308010200.loads", t.root)
    t.fleet["phones"] = [{"model": "CP-7940G", "mac": "00:1B:54:C1:22:33"}, {"model": "CP-7961G"}]
    t.own(load="P00308010200")


@rows("PFS_ANYWAY")
def _(t, _):
    t.own()
    t.fleet["mode"] = "traditional"


def malformed(row, *texts):
    rows(row, *texts)(lambda t, text: t.own(text.replace(b"@", LOAD.encode())
                                            if isinstance(text, bytes) else text.replace("@", LOAD)))


GOOD = "<loadInformation>@</loadInformation>"
malformed("CONFIG_BROKEN", "<device>%s\n<a b='1' b='2'/>\n</device>" % GOOD,
          "<device>%s\n<a b=2/>\n</device>" % GOOD, "<device>%s\n<1/>\n</device>" % GOOD)
malformed("CONFIG_EMPTY", "", "\n", " \r\n\t")
malformed("CONFIG_PAGE", "<!DOCTYPE html><html/>", "<html><head/><body>404</body></html>")
malformed("CONFIG_ROOT", "<Device>%s</Device>" % GOOD, "<phone a='1'>%s</phone>" % GOOD,
          "<?xml version='1.0'?>\n<!-- x --><DEVICE>%s</DEVICE>" % GOOD)
malformed("CONFIG_ENCODING",
          b"<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n<device><a>\xfc</a>%s</device>"
          % GOOD.encode(), b"<?xml version='1.0' encoding='cp1250'?>\n<device>%s</device>"
          % GOOD.encode())
malformed("CONFIG_BYTES", b"<device><label>B\xfcro</label>%s</device>" % GOOD.encode(),
          b"<device>\n<label>\xe9</label>%s</device>" % GOOD.encode(),
          b"<device><!-- caf\xe9 -->%s</device>" % GOOD.encode())


@rows("CONFIG_BYTES", "utf-16")
def _(t, encoding):
    text = '<?xml version="1.0" encoding="UTF-8"?><device>%s</device>' % (WRITTEN % LOAD)
    t.own(text.encode(encoding))


malformed("CONFIG_STRAY", "\n<?xml version='1.0'?><device>%s</device>" % GOOD,
          "<!-- x --><?xml version='1.0'?><device>%s</device>" % GOOD,
          "<device>%s</device>\nEOF\n" % GOOD, "<device>%s</device><device/>" % GOOD)
malformed("CONFIG_MARKUP", "<device><loadInformation>@</load></device>",
          "<device>\n <vendorConfig>\n <a>x</a></vendorconfig>\n%s</device>" % GOOD,
          "<device>%s<url>http://x/?a=1&b=2</url></device>" % GOOD,
          "<device>%s<label>Research & Design</label></device>" % GOOD,
          "<device>%s<label>a&nbsp;b</label></device>" % GOOD,
          "<device>%s<label>&uuml;ber &amp; x</label></device>" % GOOD)
malformed("CONFIG_OPEN", "<device>%s" % GOOD, "<device>%s<vendorConfig><webAccess>0</webAccess>"
          % GOOD, "<device><!-- <x> -->%s<a b='>'><c/><![CDATA[<d>]]>" % GOOD)
malformed("CONFIG_ENTITY", "<!DOCTYPE device [<!ENTITY a \"b\">]><device>%s</device>" % GOOD)
malformed("CONFIG_DEEP", "<device>%s%s%s</device>" % (GOOD, "<a>" * 64, "</a>" * 64))
malformed("CONFIG_LIMIT", "<device>%s<!-- %s --></device>" % (GOOD, "x" * (1 << 20)))


@rows("CONFIG_PACKED", lambda d: gzip.compress(d), lambda d: zipped(d, CONFIG))
def _(t, pack):
    t.own()
    put(t, CONFIG, pack)


def value(row, model, *vendors):
    def make(t, vendor):
        group = t.fleet["phones"][0]
        group.update(model=model, count=1)
        load = t.other_load = LOAD
        if model == "CP-7940G":
            load = "P00308010200"
            t.other_load = "P00308010200"
            t.fetch_load(load + ".loads", t.root)
            t.fleet["phones"].append({"model": "CP-7961G"})
        text = vendor.replace("@", load)
        named = "" if "loadInformation" in text else "<loadInformation>%s</loadInformation>" % load
        t.own("<device>\n%s%s</device>" % (named, text))
        if model != "CP-7940G":
            t.fleet["phones"].append({"model": "CP-7961G"})

    rows(row, *vendors)(make)


SHARING = "<vendorConfig><peerFirmwareSharing>%s</peerFirmwareSharing></vendorConfig>"
WRITTEN = "<loadInformation>%s</loadInformation>"
USELESS = [SHARING % "off", SHARING % "maybe", SHARING % "false", SHARING % "\u00a00",
           SHARING % "", WRITTEN % "@\u00a0", WRITTEN % "\u200b@", WRITTEN % "firmware/@",
           WRITTEN % "/tftp/@.loads", WRITTEN % "./@"]
SERVERS = ["<vendorConfig><loadServer>%s</loadServer></vendorConfig>" % s
           for s in ("10.1.1.256", "tftp example", "10.1.1.1:69")]
LONG = [WRITTEN % ("x" * 58), WRITTEN % "/"]
# What cannot be told from the file alone: then it is a load that the root has.
ELSEWHERE = [WRITTEN % "SCCP41.9\u20134\u20132SR3\u20131S",
             WRITTEN % "\u00e9t\u00e9", WRITTEN % "/a/nosuch", WRITTEN % "@&#10;x",
             WRITTEN % ("x" * 90)]
value("CONFIG_VALUE", "CP-7961G", SHARING % "on", SHARING % "Yes", *USELESS, *ELSEWHERE)
value("CONFIG_VALUE_LONG", "CP-7961G", *LONG)

def needed(row, *texts):
    def make(t, text):
        t.other_load = LOAD
        t.fleet["expect"] = {"upgraded": "all"}
        t.own("<device>%s</device>" % text.replace("@", LOAD))

    rows(row, *texts)(make)


needed("CONFIG_NEEDED", *[text for text in USELESS if "load" in text], *ELSEWHERE)
needed("CONFIG_NEEDED_LONG", *LONG)
value("CONFIG_VALUE_SERVER", "CP-7961G", *SERVERS)
value("CONFIG_REFUSED", "CP-7940G", *USELESS)
value("CONFIG_REFUSED_LONG", "CP-7940G", LONG[1])
value("CONFIG_LOAD_LIMIT", "CP-7940G", LONG[0])
value("CONFIG_SERVER", "CP-7940G", *SERVERS)
value("CONFIG_HOST", "CP-7961G", "<devicePool><callManagerGroup><members><member><callManager>"
      "<processNodeName>cucm.example</processNodeName></callManager></member></members>"
      "</callManagerGroup></devicePool>")
value("CONFIG_HOST_SERVER", "CP-7961G", "<vendorConfig><loadServer>hq.example</loadServer>"
      "</vendorConfig>")


MEMBERS = "<members>%s</members>"
MEMBER = "<member><callManager><processNodeName>%s</processNodeName></callManager></member>"
STRANGERS = MEMBERS % (MEMBER % "10.0.0.2" + MEMBER % "10.0.0.3")


def managed(row, expect, engine, *groups):
    """A fleet with a call manager, and files with such groups of them."""
    def make(t, argument):
        group, default = argument
        t.fleet["callmanager"] = engine
        if expect:
            t.fleet["expect"] = {"registered": "all"}
        if default:
            t.fleet.update(mode="traditional", enterprise={})
            t.default(group)
        else:
            t.own("<device>%s%s<devicePool>%s</devicePool></device>"
                  % (WRITTEN % LOAD, SHARING % "1", group))

    rows(row, *[(group and "<callManagerGroup>%s</callManagerGroup>" % group, default)
                for group in groups for default in (False, True)])(make)


OURS = {"engine": "own"}
for needs in ("", "_NEEDED"):
    managed("MANAGER_OTHER" + needs, needs, OURS, STRANGERS)
    managed("MANAGER_NONE" + needs, needs, OURS, "", MEMBERS % (MEMBER % ""))


@rows("MANAGER_NOWHERE", {"registered": "all"}, {"registered": {"load": LOAD, "phones": "2..2"}})
def _(t, expect):
    t.fleet["callmanager"] = {"engine": "none"}
    t.fleet["expect"] = expect


@rows("CONFIG_VALUE", "on")
def _(t, word):
    t.fleet.update(mode="traditional", enterprise={})
    t.fleet["phones"][0]["count"] = 1
    t.own("<device>%s%s</device>" % (WRITTEN % LOAD, SHARING % word))


@rows("CONFIG_UNREAD", "<loadInformation>%s</loadInformation>" % LOAD,
      "<loadInformation00115>%s</loadInformation00115>" % LOAD,
      "<vendorConfig><peerFirmwareSharing>1</peerFirmwareSharing></vendorConfig>")
def _(t, inner):
    t.default(inner)


@rows("CONFIG_UNREAD", "<loadServer>10.1.1.1</loadServer>", "<vendorConfig>%s</vendorConfig>" % (WRITTEN % OLDER),
      "<peerFirmwareSharing>0</peerFirmwareSharing>")
def _(t, inner):
    t.own("<device>%s<vendorConfig><peerFirmwareSharing>1</peerFirmwareSharing></vendorConfig>%s</device>"
          % (WRITTEN % LOAD, inner))


@rows("ELEMENT_TWICE", (WRITTEN % OLDER, WRITTEN % LOAD),
      (SHARING % "0", SHARING % "1"),
      ("<vendorConfig><loadServer>10.1.1.1</loadServer></vendorConfig>",
       "<vendorConfig><loadServer/></vendorConfig>"))
def _(t, two):
    t.own("<device>%s%s\n%s%s</device>" % ("" if WRITTEN % LOAD in two else WRITTEN % LOAD, *two,
                                          "" if "Sharing" in two[0] else SHARING % "1"))


@rows("ELEMENT_TWICE")
def _(t, _):
    t.own("<Default>%s%s</Default>" % tuple((WRITTEN % load).replace("Information", "Information30018")
                                            for load in (OLDER, LOAD)), "XMLDefault.cnf.xml")


@rows("CONFIG_CASE", CONFIG.lower(), "SEP001b54c12233.cnf.xml", "SEP001B54C12233.CNF.XML",
      "XmlDefault.cnf.xml", "xmldefault.cnf.xml")
def _(t, name):
    if name.lower().startswith("xml"):
        t.default()
        os.rename(t.path("XMLDefault.cnf.xml"), t.path(name))
    else:
        t.own(name=name)


@rows("CONFIG_TWICE", CONFIG.lower(), "XmlDefault.cnf.xml")
def _(t, name):
    if name != "XmlDefault.cnf.xml":
        t.own()
        t.own(name=name)
    else:
        t.default()
        shutil.copy(t.path("XMLDefault.cnf.xml"), t.path(name))


@rows("CONFIG_STRANGER")
def _(t, _):
    t.own(name="SEP001B54C19999.cnf.xml")


@rows("CONFIG_NONE", "pfs", "traditional")
def _(t, mode):
    t.fleet["mode"] = mode
    t.fleet["tftp"] = {"engine": "external", "address": "10.1.1.1"}


# ---- all ------------------------------------------------------------------------------------------


def read_table():
    out = subprocess.run([BUILD + "/tests/findings"], check=True, capture_output=True, text=True)
    return {line.split("\t")[0]: line.split("\t")[1:] for line in out.stdout.splitlines()}


def as_pattern(remedy_text):
    parts = re.split(r"\{(?:place|wrong|right|where)'?\}", remedy_text)
    return re.compile("(.+)".join(map(re.escape, parts)), re.S)


def check_finding(row, finding):
    """It is the row's: name, severity and the words of the remedy."""
    name, severity, text = row
    assert (finding["name"], finding["severity"]) == (name, severity), finding
    assert as_pattern(text).fullmatch(finding["remedy"]), (finding, text)


def run_one(table, name, make, argument, folder):
    tree = Tree(folder)
    make(tree, argument)
    found = tree.lint()
    assert found, "nothing is found"
    for finding in found:
        check_finding(table[name], finding)
    for _ in range(len(found)):  # one after another
        remedy.follow(tree, found[0]["remedy"])
        left = tree.lint()
        assert len(left) < len(found), "it is still there, or another came: %s" % left
        for finding in left:
            check_finding(table[name], finding)
        found = left
        if not found:
            return
    raise AssertionError(found)


def main():
    table = read_table()
    if sys.argv[2] == "rows":
        known = {name for name, _, _ in TREES}
        for name in table:
            if name not in known:
                print("no tree for", name)
        for name in sorted(known - set(table)):
            print("no row for", name)
        return 0
    failed = ran = 0
    for name, make, argument in TREES:
        if not any(table[name][0].startswith(w) or w in ("all", name) for w in sys.argv[3:]):
            continue
        ran += 1
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:
            os.chmod(folder, 0o755)
            try:
                run_one(table, name, make, argument, folder + "/site")
            except Exception as why:  # whatever it is, the others are of interest too
                failed += 1
                print("%s, %.60r: %s: %s" % (name, argument, type(why).__name__, why))
    print("%d trees, %d failed" % (ran, failed))
    return failed > 0 or ran == 0


sys.exit(main())
