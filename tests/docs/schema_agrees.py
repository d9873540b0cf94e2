#!/usr/bin/env python3
"""Whether the fleet file's JSON Schema and the parser accept the same files.

    schema_agrees.py SCHEMA ROOT FLEETREAD DIRECTORY    all *.fleet.yml below DIRECTORY, and files
                                                        made for every path of the schema

What only one of them can refuse is listed below, class by class; all else is a failure.
"""
import glob
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml

# What no schema can say: combinations of values, and names that must exist. By the parser's words.
ONLY_PARSER = [
    r"given twice",
    r"more than 100000 in all",
    r"no profile '",
    r"has no peer firmware sharing",
    r"the fleet has only",
    r"172\.31\.255\.0/24 is taken",
    r"no host has an address",
    r"cannot find",
    r"takes none$|needs it$|is missing: when|needs to know which|is not done to phones",
    r"needs a fleet with a wan|is known only when phones run",
    r"aliases .* are not supported|a second document|nested too deeply|above 1 MiB|zero byte",
    r"a key must be a single word|a tab indents",
    r"no subnet '|subnet as well|subnets: the mapping is empty|its addresses are also those of",
    r"lan\.subnets: a name is|without host bits, such as 10\.106\.0\.0/16(, or a mapping of subnet and addresses)?, not '10\.0\.0\.1/24'",
    r"set needs it, or|without at, no phone has been started",
    r"there is within as well|not together with within|does not settle|ours to (kill|restart)",
    r"^models\.|models\.[^:]*: no such model|then it runs nothing at power-on",
    r"phone and phones are the same",
    r"tftp\.address is missing|only an external .* has one|lies in lan\.subnet",
    r"callmanager\.(engine: (no phone reaches it|our own stands)|keepalive takes whole seconds|keepalive: an external)",
    r"needs a call manager of our own|a list of up to 5 in the order .*, not '[0-9]",
    r"ours to leave out|ours to damage",
    r"discovery: none goes with no other",
    r"goes with uplink|uplink as well|is no address of lan\.subnet|one uplink is one network",
    r"lies before a server of the fleet's own|with lan\.uplink or lan\.bridge time is real",
    r"no lease below two minutes|dhcp\.tftp: none goes with no other|not ours to tell",
    r"no headquarters of ours|stands behind a router of ours",
    r"variants\.[^ ]* (is no name|is one too many|has variants of its own)|both modes, by mode: both",
    r"is not before until|is after until",
    r"regular expression, not '(\(|\(a\{99\}\)\{999\})'",
    r"numbers such as 3\.\.10, .*, not '4\.\.3'",
    r"takes the MAC address .*, not '[-+.0-9e]+'",   # a number, of how many digits no schema sees
    r"takes the MAC address .*, not '0x10'",
    r"lag takes an emulated time from 0 to 100ms, .*, not '(101ms|5s|10m|1h)'",   # how much it is
]
# Quantities out of bounds: a pattern sees digits, not how much they are.
BEYOND = ["999h", "101%", "<=101%", "2000gbit", "1bit", "10.106.0.1/16"]
# What YAML makes a number or a truth value of, by a spelling that the parser does not know.
SPELT = ["0x10", "1e3", "True", "+5", ".5"]
# Digits that YAML makes a number of: to the parser a MAC address of twelve, or none.
DIGITS = ["001122334455", "001154e12233", "000000000000", "0x001b54c12233", "0x1b54c12233", '"001122334455"']
# A text to the parser: in quotes, where the schema wants the number or truth value itself; or without
# them, where it wants a text and YAML makes something else of it.
UNTYPED = ['"5"', "'true'", "true", "false", "True", ".5", "1.5"]
# Numbers of phones that no plan has: refused when the plan is made, which nobody does here.
NO_PHONE = ["0", "1001", "99999999999999999999999"]

TOKENS = BEYOND + SPELT + DIGITS + UNTYPED + NO_PHONE + r"""
    ~ '' -1 1 5 1000 on off yes no
    75ms 5s 10m 1h 1m30s -5ms 75MS 64kbit 100mbit 1MBIT unlimited 0.5% 5% 50
    pfs traditional Traditional held bulk rate signature structure dnsmasq none all root parents
    static dhcp own external site headquarters siaddr 66 [150,66]
    CP-7961G CP-7961 CP-9999G SCCP41.9-4-2SR1-1S name.with-dots_+ .hidden -dash ../../etc a/b
    kill freeze wan-cut server-kill random:3 random:0 profile:x 10.106.0.0/16 10.106.0.0/7 10.106.0.16
    SEP02760A6A0010 firmware-samples/small firmware-samples/test-key.pub.pem
    10.1.2.3 224.0.0.1 10.1.2.300 00:1B:54:C1:22:33 001B54C12233 01:00:5E:00:00:01
    00-1b-54-c1-22-33 00.1b.54.c1.22.33 0:1b:54:c1:22:33 001b.54c1.2233 001b-54c1-2233 001b54-c12233
    001b:54c1:2233 SEP001B54C12233 sep001b54c12233.cnf.xml 001B54C1223
    0100.1b54.c122.33 01-00-1b-54-c1-22-33 02-00-1b-54-c1-22-33 01:00:1b:54:c1:22:33:44 12:34:56:12:34:56
    00:1b-54:c1:22:33 001b54.c12233 0:01b:54:c1:22:33 ff:ff:ff:ff:ff:ff 0100.5e00.0001 0:0:0:0:0:0
    SEP000000000000 00-00-00-00-00-00 333300-000001 1:0:5e:0:0:1 00:1b:54:c1:22:
    "0x001b54c12233" a:b:c:d:e:f
    "<=6" "=<6" "<=2.5" "<=2MiB" 500kB ">=3.5" "<200s" "=50%" jar41* Auth*
    3..10 1.. SEP02* ignores-peers [pfs-disabled,bulk-misses] [pfs] settled down
    [] {} [1] [kill] [{}]
""".split() + ['">= 2"', "{a: 1}", "{a: {}}", "{CP-7961G: {quirks: pfs-disabled}}", "[{model: CP-7961G}]"]


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: `on` and 010 are not what 1.1 made of them."""


Core.yaml_implicit_resolvers = {}
for tag, regexp, first in [
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
]:
    Core.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(regexp), list(first))
Core.add_constructor(
    "tag:yaml.org,2002:int",
    lambda loader, node: int(node.value, 16 if "x" in node.value else 10),
)


def schema_verdict(validator, path):
    """None, or why it is refused."""
    try:
        with open(path, "rb") as file:
            document = yaml.load(file, Core)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        return "no YAML: %s" % error
    error = next(iter(validator.iter_errors({} if document is None else document)), None)
    return error and "%s: %s" % ("/".join(map(str, error.path)), error.message)


def parser_verdicts(program, root, paths):
    """By path: None, or why it is refused."""
    verdicts, said = {}, []
    out = subprocess.run([program, root] + paths, stdout=subprocess.PIPE, check=True).stdout
    for line in out.decode(errors="replace").split("\n"):
        if line.startswith("\t"):
            said.append(line[1:])
        elif line:
            word, path = line.split(" ", 1)
            verdicts[path] = None if word == "accepted" else "\n".join(said)
            said = []
    return verdicts


def walk(schema, path=()):
    """Every path of the schema and what lies there; elements of lists as 0, free names as `any`."""
    for part in schema.get("anyOf", [schema]):
        for name, inner in part.get("properties", {}).items():
            yield path + (name,), inner
            yield from walk(inner, path + (name,))
        if "items" in part:
            yield from walk(part["items"], path + (0,))
        if isinstance(part.get("additionalProperties"), dict):
            yield from walk(part["additionalProperties"], path + ("any",))


def flow(value):
    """As flow YAML; tokens as they are."""
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (k, flow(v)) for k, v in value.items())
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(flow, value))
    return value


SAMPLES = {"count": "1", "matches": "a", "load": "SCCP41.9-4-2SR1-1S", "ratio": "1", "time": "1s"}


def needed(schema, path):
    """What a wish that begins at that path cannot do without."""
    if path[0] != "expect" or len(path) != 2:
        return []
    wishes = schema["properties"]["expect"]["properties"][path[1]]["anyOf"]
    return next((w["required"] for w in flat(wishes) if "required" in w), [])


def flat(alternatives):
    for one in alternatives:
        yield from flat(one["anyOf"]) if "anyOf" in one else [one]


def with_value(schema, path, token):
    """The least fleet file that has the token at that path."""
    fault = {"at": "1s", "phone": "all", "do": "kill"}
    document = {"phones": [{"model": "CP-7961G", "count": "9"}], "wan": {"delay": "1ms"}}
    if path[0] == "faults":
        document["faults"] = [fault]
    if path[0] == "set":
        document["set"] = [{"phones": "all", "load": "SCCP41.9-4-2SR1-1S", "at": "1s"}]
    if path[:3] == ("lan", "subnets", "any") and len(path) > 3:
        document["lan"] = {"subnets": {"any": {"subnet": "10.106.0.0/16"}}}
    if path[:2] == ("tftp", "address"):
        document["tftp"] = {"engine": "external"}
    if path[:2] == ("callmanager", "address"):
        document["tftp"] = {"engine": "external", "address": "10.9.9.9"}
        document["callmanager"] = {"engine": "external"}
    path = tuple("CP-7961G" if i and path[i - 1] == "models" else step for i, step in enumerate(path))
    node = document
    for i, step in enumerate(path[:-1]):
        inner = {k: SAMPLES[k] for k in needed(schema, path[:i + 1])}
        inner = [inner] if path[i + 1] == 0 else inner
        if isinstance(node, dict):
            node = node.setdefault(step, inner)
        else:
            node = node[step]
    node[path[-1]] = token
    return flow(document) + "\n"


def made_files(schema, directory):
    """(file, path, token) of one file for every path and token."""
    tried = set()
    for path, inner in walk(schema):
        setting = (path[-1], json.dumps(inner))
        if path[0] == "expect" and setting in tried:    # many kinds have the same ones
            continue
        tried.add(setting)
        for token in TOKENS:
            name = os.path.join(directory, "made-%s-%d.yml" % (".".join(map(str, path)),
                                                              TOKENS.index(token)))
            with open(name, "w", encoding="utf-8") as out:
                out.write(with_value(schema, path, token))
            yield name, path, token


def excused(path, token, by_schema, by_parser):
    if by_schema is None:
        lines = by_parser.split("\n")
        known = all(any(re.search(r, line) for r in ONLY_PARSER) for line in lines)
        return known or token in BEYOND + SPELT + DIGITS
    return token in UNTYPED + DIGITS or (path and path[-1] in ("phone", "phones") and
                                  token in NO_PHONE)


def main():
    schema_path, root, program, directory = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = [(path, None, None) for path in sorted(glob.glob(directory + "/**/*.fleet.yml",
                                                             recursive=True))]
    texts = len(files)
    files += made_files(schema, directory)
    parser = parser_verdicts(program, root, [f[0] for f in files])
    bad, accepted, seen = 0, 0, {}
    for name, path, token in files:
        by_schema, by_parser = schema_verdict(validator, name), parser[name]
        accepted += by_schema is None and by_parser is None
        seen.setdefault(path, set()).add(by_schema is None)
        if (by_schema is None) == (by_parser is None) or excused(path, token, by_schema, by_parser):
            continue
        bad += 1
        with open(name, "rb") as file:
            print("%s\n  %r\n  schema: %s\n  parser: %s"
                  % (name, file.read(200), by_schema or "accepted", by_parser or "accepted"))
    for path, verdicts in seen.items():
        if len(verdicts) < 2:   # it would show nothing
            bad += 1
            print("%s: every value is %s" % (path, "accepted" if True in verdicts else "refused"))
    print("%d files of the tests, %d made, %d accepted, %d disagreements"
          % (texts, len(files) - texts, accepted, bad))
    return bad > 0 or texts < 50


if __name__ == "__main__":
    sys.exit(main())
