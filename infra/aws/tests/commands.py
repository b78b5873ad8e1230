#!/usr/bin/env python3
"""Whether every aws command of scripts, workflows and pages exists, by AWS's own models of its APIs.

    commands.py        names each command, option or path of a --query that no model has, and what is missing

Needs a recent botocore, such as moto brings. What the aws command adds to the APIs by itself (s3, deploy) is listed below.
"""
import re
import shlex
import subprocess
import sys
from pathlib import Path

import botocore.session
import jmespath
from botocore import xform_name

PROJECT = Path(__file__).resolve().parents[3]
GLOBAL = {"output", "query", "region", "profile", "cli-input-json", "endpoint-url", "no-cli-pager", "max-items"}
# Commands of the aws command itself, and the options of them that are used here.
OWN = {
    ("s3", "cp"): {"only-show-errors"},
    ("logs", "tail"): {"since", "follow"},
    ("configure", "get"): set(),
    ("configure", "sso"): set(),
    ("cloudformation", "deploy"): {"stack-name", "template-file", "capabilities", "no-fail-on-empty-changeset",
                                   "parameter-overrides", "tags", "no-execute-changeset"},
}
SESSION = botocore.session.get_session()


def texts():
    """(where, shell text) of all that a person or a workflow runs."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "infra/aws/scripts", ".github", "docs"],
                            cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        text = (PROJECT / name).read_text(errors="replace")
        if name.startswith(".github/workflows"):
            text = "\n".join(line for line in text.splitlines() if "aws-actions" not in line)
        if name.endswith(".md"):
            text = re.sub(r"<(\w+)>", r"\1", text)
            for block in re.findall(r"^ *```sh\n(.*?)```", text, re.M | re.S):
                yield name, block
            for mention in re.findall(r"`(aws [a-z][^`]*)`", text):
                yield name, f"{mention} $@"  # It may leave out what the reader knows.
        elif not name.endswith((".png", ".svg")):
            yield name, "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def commands(text):
    """The words after `aws` of each command, as far as that command goes."""
    text = text.replace("\\\n", " ")
    for found in re.finditer(r"(?<![\w/.$-])aws (?=[a-z0-9]+ [a-z])", text):
        lexer = shlex.shlex(text[found.end():], posix=True, punctuation_chars="|&;()<>\n`")
        lexer.whitespace = " \t"
        lexer.commenters, lexer.whitespace_split = "", True
        words, deep = [], 0
        try:
            for word in lexer:
                if "$(" in word or word.endswith("$"):
                    deep += word.count("(") - word.count(")") + word.endswith("$")
                    words.append(word)
                elif deep and set(word) <= set(")"):
                    deep -= 1
                elif not deep and word and set(word) <= set("|&;()<>\n`"):
                    break
                elif not deep:
                    words.append(word)
        except ValueError:
            pass  # A quotation that ends outside of the command.
        yield [bare(word) for word in words]


def bare(word):
    """A word without the end of the substitution that it stands in."""
    while word.endswith((")", '"')) and word.count(")") > word.count("("):
        word = word[:-1]
    return word


def shown(shape, node):
    """The shape of a JMESPath expression on a shape, None where it is not known; raises KeyError on a wrong field."""
    kind, children = node["type"], node["children"]
    if shape is None or kind in ("literal", "identity", "current"):
        return shape if kind in ("identity", "current") else None
    if kind == "field":
        if shape.type_name != "structure":
            return None
        if node["value"] not in shape.members:
            raise KeyError(node["value"])
        return shape.members[node["value"]]
    if kind in ("subexpression", "index_expression", "pipe"):
        for child in children:
            shape = shown(shape, child)
        return shape
    if kind in ("index", "slice"):
        return shape.member if shape.type_name == "list" else None
    if kind in ("projection", "flatten", "filter_projection", "value_projection"):
        inner = shown(shape, children[0])
        member = inner.member if inner is not None and inner.type_name == "list" else None
        if kind == "filter_projection":
            shown(member, children[2])
        if kind == "flatten":
            return inner
        shown(member, children[1])
        return None
    if kind == "function_expression":
        first = shown(shape, children[0]) if children else None
        for child in children[1:]:
            by = child["type"] == "expref" and first is not None and first.type_name == "list"
            shown(first.member if by else None if child["type"] == "expref" else shape, child["children"][0] if by else child)
        return first if node["value"] in ("sort_by", "sort", "reverse") else None
    for child in children:
        shown(shape, child["children"][0] if child["type"] == "key_val_pair" else child)
    return None


def wrong(words):
    """What AWS would not know of a command."""
    service, operation, *rest = words
    service = {"s3api": "s3"}.get(service, service)
    given = {word[2:].split("=")[0] for word in rest if re.match(r"--[a-z]", word)}
    if (service, operation) in OWN:
        return [f"--{name} is no option" for name in given - GLOBAL - OWN[service, operation]]
    if service not in SESSION.get_available_services():
        return ["there is no such service"]
    model = SESSION.get_service_model(service)
    if operation == "wait":
        names = {xform_name(name, "-") for name in SESSION.get_waiter_model(service).waiter_names}
        return [] if rest and rest[0] in names else ["there is nothing to wait for by that name"]
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return ["there is no such operation"]
    operation = model.operation_model(names[operation])
    members = operation.input_shape.members if operation.input_shape else {}
    required = operation.input_shape.required_members if operation.input_shape else []
    options = {xform_name(name, "-"): name for name in members}
    options |= {f"no-{name}": member for name, member in options.items() if members[member].type_name == "boolean"}
    found = [f"--{name} is no option" for name in sorted(given - GLOBAL - set(options))]
    if "cli-input-json" not in given and "$@" not in rest:
        there = {options.get(name) for name in given}
        found += [f"--{xform_name(name, '-')} is missing" for name in required if name not in there]
    if "--query" in rest:
        query = rest[rest.index("--query") + 1]
        try:
            shown(operation.output_shape, jmespath.compile(re.sub(r"\$\w+", "x", query)).parsed)
        except KeyError as field:
            found.append(f"the answer has no {field} ({query})")
    return found


def main():
    seen, findings = 0, []
    for where, text in texts():
        for words in commands(text):
            if len(words) < 2 or not re.fullmatch(r"[a-z0-9-]+", words[1]):
                continue
            seen += 1
            findings += [f"{where}: aws {words[0]} {words[1]}: {what}" for what in wrong(words)]
    print(*findings, sep="\n")
    if seen < 40:
        findings.append("too few")
    print(f"{seen} commands of aws were looked at")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
