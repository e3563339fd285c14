#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""contract.py PAGE: writes the parts of kmod/lunatik.yaml into a manual page, in place of what is between its marks."""
import os
import re
import sys

import yaml

BEGIN = '.\\" From here to the other mark this is what man/contract.py makes of kmod/lunatik.yaml.\n'
END = '.\\" Here it ends.\n'


def escape(text):
    return re.sub(r"^(?=[.'])", r"\\&", text.replace("\\", r"\e"))


def prose(text):
    """Sentences to lines, and what is in backquotes to literals with the punctuation behind them."""
    text = re.sub(r"\s+", " ", text.strip())
    text = text[0].upper() + text[1:] if not text.startswith("`") else text
    text += "" if text.endswith(".") else "."
    lines = []
    for part in re.split(r"((?<=\s)`[^`]*`[.,;:)]*|^`[^`]*`[.,;:)]*)", text):
        quoted = re.fullmatch(r"`([^`]*)`([.,;:)]*)", part)
        if quoted:
            lines.append(" ".join([".Ql", escape(quoted[1]), *quoted[2]]))
        else:
            lines += [escape(line) for line in re.split(r"(?<=[.;])\s+(?=[A-Z])", part.strip()) if line]
    return "\n".join(lines) + "\n"


def message(title, part, without):
    """The attributes of a part of an operation, or what is there in place of any."""
    attributes = [f".Va {name}" for name in part["attributes"]] if part else [without]
    return f".It {title}\n" + " ,\n".join(attributes) + "\n"


def operation(op):
    out = f".Ss {op['name']} ({op['value']})\n"
    out += prose(op["doc"])
    out += f"Attributes are those of the set\n.Ql {op['attribute-set']} .\n"
    out += '.Bl -tag -width "dump request" -compact\n'
    for mode in ("do", "dump"):
        if mode in op:
            out += message(f"{mode} request", op[mode].get("request"), "no attribute")
            out += message(f"{mode} reply", op[mode].get("reply"), "an acknowledgement")
    if "event" in op:
        out += message(f"to {op['mcgrp']}" if "mcgrp" in op else "notification", op["event"], "")
    return out + ".El\n"


def kind(attribute):
    words = [attribute["type"]]
    if "enum" in attribute:
        words.append(f"of {attribute['enum']}")
    for check, limit in attribute.get("checks", {}).items():
        words.append({"max-len": f"of at most {limit}", "exact-len": f"of {limit} bytes"}[check])
    return " ".join(words)


def attribute_set(attributes):
    out = f".Ss Set {attributes['name']}\n"
    out += prose(attributes["doc"]) if "doc" in attributes else ""
    out += ".Bl -tag -width Ds\n"
    for number, attribute in enumerate(attributes["attributes"], 1):
        out += f".It Va {attribute['name']} Pq {number}, {kind(attribute)}\n"
        out += prose(attribute["doc"]) if "doc" in attribute else ""
    return out + ".El\n"


def constant(definition):
    if definition["type"] == "const":
        head, values = f".It Dv {definition['name']} No = {definition['value']}\n", ""
    else:
        entries = [f".Ql {entry} Pq {value}" for value, entry in enumerate(definition["entries"])]
        head, values = f".It Vt {definition['name']}\n", " ,\n".join(entries) + "\n"
    return head + prose(definition["doc"]) + values


def sections(contract):
    yield ".Sh OPERATIONS\n"
    yield from map(operation, contract["operations"]["list"])
    yield ".Sh ATTRIBUTES\n"
    yield from map(attribute_set, contract["attribute-sets"])
    yield ".Sh CONSTANTS\n.Bl -tag -width Ds\n"
    yield from map(constant, contract["definitions"])
    yield ".El\n"


page = sys.argv[1]
with open(os.path.join(os.path.dirname(__file__), "../kmod/lunatik.yaml"), encoding="utf-8") as file:
    made = "".join(sections(yaml.safe_load(file)))
with open(page, encoding="utf-8") as file:
    before, _, rest = file.read().partition(BEGIN)
with open(page, "w", encoding="utf-8") as file:
    file.write(before + BEGIN + made + END + rest.partition(END)[2])
