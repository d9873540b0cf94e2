"""remedy.py - does what a remedy of lint says, from the words that were printed.

Whoever reads a remedy has the vendor's download, the fleet file and an editor. Here the download is a
folder (STORE), the editor a few functions; what a remedy leaves to its reader (which key, which other
load) the tree that is to be mended says. A sentence that no rule below understands is an error, so a
remedy cannot change its words without its test.
"""
import glob
import os
import re
import shlex
import shutil
import subprocess

import yaml

RULES = []


def rule(pattern):
    def add(function):
        RULES.append((re.compile(pattern + r"\Z", re.S), function))
        return function

    return add


def follow(tree, remedy):
    for pattern, function in RULES:
        found = pattern.match(remedy)
        if found:
            function(tree, *found.groups())
            return
    raise AssertionError("a remedy that nobody can follow: " + remedy)


def word(text):
    """A word as a shell takes it."""
    return shlex.split(text)[0] if not text.startswith("$'") else subprocess.run(
        ["bash", "-c", "printf %s " + text], check=True, capture_output=True).stdout


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def edit(path, change):
    text = read(path).decode("utf-8")
    changed = change(text)
    assert changed != text, "nothing to change in " + path
    write(path, changed.encode("utf-8"))


# ---- the fleet file -------------------------------------------------------------------------------


def keys(path):
    return [int(k) if k.isdigit() else k for k in re.findall(r"[^.\[\]]+", path)]


def put(fleet, path, value):
    *way, last = keys(path)
    for key in way:
        if isinstance(fleet, dict) and key not in fleet:
            fleet[key] = {}
        fleet = fleet[key]
    fleet[last] = value


def drop(fleet, path, key=None):
    way = keys(path)
    if key is None:
        key = way.pop()
    for step in way:
        fleet = fleet[step]
    del fleet[key]


@rule(r"write authentication: signature, and key: the PEM of who signed them; .*")
def _(tree):
    tree.fleet["authentication"] = "signature"
    tree.fleet["key"] = tree.signer


@rule(r"write key: the PEM of .*")
def _(tree):
    tree.fleet["key"] = tree.signer


@rule(r"write ([a-zA-Z0-9_.\[\]]+): (.+?)(?:, or a lower one|, or a model, .*|, or mode: traditional"
      r"|, and go on from there later|, unless that network has no DHCP server)?")
def _(tree, path, value):
    put(tree.fleet, path, yaml.safe_load(value) if value in ("true", "all") else word(value))


@rule(r"(?:at the switch port: switchport port-security maximum \d+, or no switchport port-security"
      r"|at the switch port: ip arp inspection trust|at the switch port: ip dhcp snooping limit rate \d+"
      r"|ip link set \S+ type bridge stp_state 0|at a virtual port: accept promiscuous mode, .*)"
      r"; then write (lan\.permits): (\[.*\])")
def _(tree, path, value):
    put(tree.fleet, path, yaml.safe_load(value))


@rule(r"write (\S+) instead of (\S+) in (tftp\.\w+)")
def _(tree, right, wrong, path):
    put(tree.fleet, path, [right if p == wrong else p for p in tree.patterns(path)])


@rule(r"take (\S+) out of (tftp\.\w+)(?:, unless that is to be seen)?")
def _(tree, wrong, path):
    left = [p for p in tree.patterns(path) if p != wrong]
    put(tree.fleet, path, left) if left else drop(tree.fleet, path)


@rule(r"take (\d+) phones out of phones")
def _(tree, number):
    tree.fleet["phones"][-1]["count"] -= int(number)


@rule(r"take (\d+) phones out of those with subnet: (\S+)")
def _(tree, number, subnet):
    [group] = [g for g in tree.fleet["phones"] if g.get("subnet") == subnet]
    group["count"] -= int(number)


@rule(r"take (peerFirmwareSharing|loadServer) out of ((?:phones|set)\[\d\]|enterprise|profiles\.\w+)"
      r"(?:: nothing but .*)?")
def _(tree, key, path):
    drop(tree.fleet, path, key)
    if path.startswith("set"):
        tree.fleet["set"] = [s for s in tree.fleet["set"] if set(s) - {"phones", "at"}]


@rule(r"take (set)\[(\d)\] out, and change (.+) instead")
def _(tree, key, number, _):
    del tree.fleet[key][int(number)]


@rule(r"give a phone of the fleet file mac: (\S+), or remove .*")
def _(tree, mac):
    tree.fleet["phones"].append({"model": "CP-7961G", "mac": mac})


@rule(r"(openssl .+ -out (\S+)), and write key: (\S+)")
def _(tree, command, made, named):
    assert made == named
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)
    tree.fleet["key"] = word(named)


# ---- files ----------------------------------------------------------------------------------------


@rule(r"(chmod a\+\w+ .+?)(?:, or .*)?")
def _(tree, command):
    subprocess.run(["bash", "-c", command], check=True)


@rule(r"rename (.+) to (.+?)(, and name that load)?")
def _(tree, old, new, named):
    old, new = word(old), word(new)
    os.rename(old, new)
    if named:
        a, b = (os.path.basename(p)[:-len(".loads")] for p in (old, new))
        tree.each_text(lambda text: text.replace(a, b))


@rule(r"move the load's files from (.+) to (.+)")
def _(tree, old, new):
    for path in glob.glob(word(old) + "/*"):
        shutil.move(path, word(new))


@rule(r"move (.+) to (.+)")
def _(tree, old, new):
    shutil.move(word(old), word(new))


@rule(r"unpack (.+) into its folder: it is a (ZIP archive|gzip file|tar archive)")
def _(tree, path, kind):
    path = word(path)
    os.rename(path, path + ".packed")
    folder = os.path.dirname(path)
    if kind == "gzip file":
        write(path, subprocess.run(["gzip", "-dc", path + ".packed"], check=True,
                                   capture_output=True).stdout)
    else:
        shutil.unpack_archive(path + ".packed", folder, "zip" if kind[0] == "Z" else "tar")
    os.remove(path + ".packed")


@rule(r"unpack (.+) into (.+)")
def _(tree, path, folder):
    path = word(path)
    kind = "zip" if path.endswith(".zip") else "tar"
    shutil.unpack_archive(path, word(folder), kind)


@rule(r"fetch (.+?) anew, or name (\S+) instead of (\S+): .*")
def _(tree, path, right, wrong):
    name = os.path.basename(word(path))
    if os.path.exists(tree.store + "/" + name):
        tree.fetch(name, os.path.dirname(word(path)))
    else:
        tree.each_text(lambda text: text.replace(wrong, right))


@rule(r"name (\S+) in (.+)")
def _(tree, load, where):
    if where.startswith("phones"):
        put(tree.fleet, where, load)
    else:
        set_element(tree.path(where), "<loadInformation30018>%s</loadInformation30018>" % load)


@rule(r"fetch (.+?) anew(?: in binary mode)?(?:: .*)?")
def _(tree, path):
    tree.fetch(os.path.basename(word(path)), os.path.dirname(word(path)))


@rule(r"put (\S+) and the files that it lists into (.+?), or name another load(?: in .*)?")
def _(tree, name, folder):
    tree.fetch_load(name, word(folder))


@rule(r"put a load named (.+), and the files that it lists, into (.+?)(?:, and name it( in (.+))?)?")
def _(tree, names, folder, _, path):
    load = tree.other_load
    assert any(re.fullmatch(n.replace(".", r"\.").replace("*", ".*"), load)
               for n in re.split(", | or ", names)), (load, names)
    tree.fetch_load(load + ".loads", word(folder))
    if path:
        set_element(word(path), "<loadInformation>%s</loadInformation>" % load)
    elif "load" in tree.fleet["phones"][0]:
        tree.fleet["phones"][0]["load"] = load


@rule(r"put a load from 8\.3\(3\) to 8\.5\(2\) into (.+), and go by that first")
def _(tree, folder):
    tree.fetch_load(tree.other_load + ".loads", word(folder))
    tree.fleet["phones"][0]["load"] = tree.other_load


@rule(r"put the file in the place of the (?:link|folder|pipe|socket|device) (.+)")
def _(tree, path):
    path = word(path)
    shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    tree.fetch(os.path.basename(path), os.path.dirname(path))


@rule(r"put XMLDefault\.cnf\.xml, or SEP<MAC>\.cnf\.xml of each phone, into (.+)")
def _(tree, folder):
    write(word(folder) + "/XMLDefault.cnf.xml", b"<Default><loadInformation30018>"
          b"SCCP41.9-4-2SR3-1S</loadInformation30018></Default>")


@rule(r"put SEP<MAC>\.cnf\.xml of each phone into (.+)")
def _(tree, folder):
    for number in range(tree.fleet["phones"][0]["count"]):
        tree.own(name="SEP001B54C122%02X.cnf.xml" % (0x33 + number))


@rule(r"put (\S+) into (.+)")
def _(tree, name, folder):
    tree.fetch(word(name), word(folder))


@rule(r"remove (.+?)(?:, or .*|: .*)?")
def _(tree, path):
    os.remove(word(path))


@rule(r"name a load without (.+): fleet\(5\) has the limits")
def _(tree, path):
    tree.fleet["phones"][0]["load"] = tree.other_load


# ---- configuration files --------------------------------------------------------------------------


def set_element(path, element):
    """Puts it in the place of the element of that name, or where phones read it."""
    name, value = re.match(r"<(\w+)>(.*)</\1>\Z", element).groups()

    def change(text):
        old = re.search(r"<%s>.*?</%s>|<%s/>" % (name, name, name), text, re.S)
        if old:
            return text[:old.start()] + element + text[old.end():]
        new = "<vendorConfig>%s</vendorConfig>" % element if name == "peerFirmwareSharing" else element
        return re.sub(r"</(device|Default)>\s*\Z", lambda m: new + m.group(0), text)

    edit(path, change)


@rule(r"write (<.*>) at the end of (.+)")
def _(tree, tags, path):
    edit(word(path), lambda text: text + tags)


@rule(r"write (\S+) instead of (\S+), the name of the root element, in (.+)")
def _(tree, right, wrong, path):
    edit(word(path), lambda text: re.sub(r"(</?)%s\b" % wrong, r"\1" + right, text))


@rule(r"write (\S+) instead of (\S+) at line (\d+), column (\d+) of (.+)")
def _(tree, right, wrong, line, column, path):
    def change(text):
        lines = text.split("\n")
        at = int(line) - 1
        hits = [m.start() for m in re.finditer(re.escape(wrong), lines[at])]
        hit = min(hits, key=lambda h: abs(h + 1 - int(column)))
        lines[at] = lines[at][:hit] + right + lines[at][hit + len(wrong):]
        return "\n".join(lines)

    edit(word(path), change)


@rule(r"write (<processNodeName>\S+) instead of (\S+) in (.+)")
def _(tree, right, wrong, path):
    edit(word(path), lambda text: text.replace(wrong, right))


@rule(r"write (<\w+>.*?</\w+>) in (.+?)(?:, or name \S+ in .*|, or mode: traditional"
      r"|, and go on from there later)?")
def _(tree, element, path):
    set_element(word(path), element)


@rule(r"write its IPv4 address instead of (\S+) in (.+): no name is resolved yet")
def _(tree, name, path):
    edit(word(path), lambda text: text.replace(name, "10.1.1.1"))


@rule(r"name another load in (<.*>) in (.+?)(?:: fleet\(5\) has the limits)?")
def _(tree, element, path):
    name = re.match(r"<(\w+)>", element).group(1)
    set_element(word(path), "<%s>%s</%s>" % (name, tree.other_load, name))


@rule(r'save (.+) as UTF-8, and write encoding="UTF-8" instead of (\S+) in its first line')
def _(tree, path, encoding):
    text = read(word(path)).decode(encoding)
    first, _, rest = text.partition("\n")
    assert encoding in first
    write(word(path), (first.replace(encoding, "UTF-8") + "\n" + rest).encode("utf-8"))


@rule(r"save (.+) as UTF-8: byte ([0-9A-F]{2}) is none")
def _(tree, path, byte):
    data = read(word(path))
    assert bytes.fromhex(byte) in data
    write(word(path), data.decode("windows-1252").encode("utf-8"))


@rule(r"save (.+) as UTF-8: UTF-16 is none")
def _(tree, path):
    write(word(path), read(word(path)).decode("utf-16").encode("utf-8"))


@rule(r"take what stands before <\?xml out of (.+)")
def _(tree, path):
    edit(word(path), lambda text: text[text.index("<?xml"):])


@rule(r"take what stands behind (</\w+>) out of (.+)")
def _(tree, tag, path):
    edit(word(path), lambda text: text[:text.index(tag) + len(tag)]
         if tag in text else re.sub(r"(/>).*", r"\1", text, flags=re.S))


@rule(r"take the entity declarations, <!ENTITY \.\.\.>, out of (.+)")
def _(tree, path):
    edit(word(path), lambda text: re.sub(r"<!ENTITY[^>]*>", "", text))


@rule(r"take what lies in more than (\d+) elements out of (.+)")
def _(tree, depth, path):
    def change(text):
        out, open_ = [], 0
        for token in re.findall(r"<[^>]*>|[^<]+", text):
            opens = token[0] == "<" and token[1] != "/"
            open_ += opens
            if open_ <= int(depth):
                out.append(token)
            open_ -= token[:2] == "</"
        return "".join(out)

    edit(word(path), change)


@rule(r"take out of (.+) what phones do not read")
def _(tree, path):
    edit(word(path), lambda text: re.sub(r"<!--.*?-->", "", text, flags=re.S))


@rule(r"take peerFirmwareSharing out of (.+)")
def _(tree, path):
    edit(word(path), lambda text: re.sub(r"<peerFirmwareSharing>.*?</peerFirmwareSharing>", "", text))


@rule(r"take loadServer out of (.+): nothing but .*")
def _(tree, path):
    edit(word(path), lambda text: re.sub(r"<loadServer>.*?</loadServer>", "", text))


@rule(r"take (<.*?>) out of (.+?)(?:, or write .*|: no name is resolved yet|: of two .*)?")
def _(tree, element, path):
    edit(word(path), lambda text: text.replace(element, ""))


@rule(r"correct (.+): (xmllint --noout .+) shows the place")
def _(tree, path, command):
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert shown.returncode != 0, "xmllint finds nothing wrong"
    line = int(re.search(r":(\d+): ", shown.stderr).group(1))

    def change(text):
        lines = text.split("\n")
        del lines[line - 1]
        return "\n".join(lines)

    edit(word(path), change)
