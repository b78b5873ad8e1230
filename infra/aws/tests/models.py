#!/usr/bin/env python3
"""Whether AWS would take the values that Terraform would send, by AWS's own models of its APIs.

    models.py CHECKER PLAN...     names each value that AWS refuses, and each argument that models.txt does not know

CHECKER and PLANs are what scenarios.py takes and writes with --plans. Needs a recent botocore, such as moto brings.
Judged are the models' lists of values, patterns, lengths and ranges, and what AWS says in sentences only: SAID of
one value, TOGETHER of several. What is required the provider's schema says, and policies scenarios.py measures.
"""
import gzip
import json
import re
import sys
from pathlib import Path

import botocore.session

SESSION = botocore.session.get_session()
# Text that the stand-in for the provider makes up, such as `zone_id.NAME`: AWS's own will be another.
MADE_UP = re.compile(r"[a-z]+(_[a-z0-9]+)+\.")
# Arguments that stay with the provider; `tags_all` has what is in `tags`.
ITS_OWN = {"id", "region", "tags", "timeouts"}

BALANCER = r"(?!internal-|-)[A-Za-z0-9-]{1,32}(?<!-)"
FIREWALL = r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{0,255}"
NETWORK = r"[0-9.]+/(1[6-9]|2[0-8])"
# What the documentation of a member says and its shape does not: a pattern of the whole text, or the numbers.
SAID = {
    "AccessLogSettings.Format": r".*\$context\.requestId\b.*",
    "BackupPlanInput.BackupPlanName": r"[A-Za-z0-9._-]{1,50}",
    "CreateBucketRequest.Bucket": r"[a-z0-9][a-z0-9.-]{0,36}",  # A prefix, to which the provider adds 26 of 63.
    "CreateLoadBalancerInput.Name": BALANCER,
    "CreateSecurityGroupRequest.Description": FIREWALL,
    "CreateSecurityGroupRequest.GroupName": rf"(?!sg-){FIREWALL}",
    "CreateSubnetRequest.CidrBlock": NETWORK,
    "CreateTargetGroupInput.Name": BALANCER,
    "CreateTopicInput.Name": r"[A-Za-z0-9_-]{1,256}",
    "CreateVpcRequest.CidrBlock": NETWORK,
    "HealthCheck.interval": range(5, 301),
    "HealthCheck.retries": range(1, 11),
    "HealthCheck.startPeriod": range(301),
    "HealthCheck.timeout": range(2, 61),
    "IpRange.Description": FIREWALL,
    "Lifecycle.DeleteAfterDays": range(1, 36501),
    "MetricStat.Period": range(60, 604801, 60),
    "PutMetricAlarmInput.Period": range(60, 604801, 60),
    "PutMetricAlarmInput.TreatMissingData": "breaching|notBreaching|ignore|missing",
    "PutParameterRequest.Name": r"(?i)(?!/?(aws|ssm))[a-z0-9_./-]{1,900}",
    "PutRetentionPolicyRequest.retentionInDays": {
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653},
    "RequestCertificateRequest.DomainName": r".{1,64}",
}


def environment(values):
    """A function's variables are 4 KB together."""
    return sum(len(name + value) for block in values["environment"] for name, value in block["variables"].items()) <= 4096


def fargate(values):
    """Fargate has this memory for this CPU."""
    sizes = {256: (512, 1024, 2048), 512: range(1024, 4097, 1024), 1024: range(2048, 8193, 1024),
             2048: range(4096, 16385, 1024), 4096: range(8192, 30721, 1024)}
    return int(values["memory"]) in sizes.get(int(values["cpu"]), ())


def payload(values):
    """1.0 is the only format of all integrations but a function's."""
    return values["integration_type"] == "AWS_PROXY" or values["payload_format_version"] in (None, "1.0")


def window(values):
    """An alarm's periods are of one length, and within a day together, or within a week if each is an hour or more."""
    metrics = [metric for query in values["metric_query"] for metric in query["metric"]]
    shortest, *others = {metric["period"] for metric in metrics or [values]}
    return not others and shortest * values["evaluation_periods"] <= (604800 if shortest >= 3600 else 86400)


TOGETHER = {"aws_lambda_function": environment, "aws_ecs_task_definition": fargate,
            "aws_apigatewayv2_integration": payload, "aws_cloudwatch_metric_alarm": window}


def plain(name):
    return name.replace("_", "").lower()


def inside(shape):
    """What a list is of, and a map to."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape


def members_of(shape):
    """{plain name: (STRUCTURE.MEMBER, shape)}; a list goes by its singular, too."""
    members = {plain(name): (f"{shape.name}.{name}", member) for name, member in shape.members.items()}
    return {name.removesuffix("s"): member for name, member in members.items() if member[1].type_name == "list"} | members


def rows():
    """{type: (members of the inputs, {argument: where it goes})}, as models.txt has them."""
    text = re.sub(r"\n +", " ", Path(__file__).with_suffix(".txt").read_text())
    found = {}
    for kind, *words in (line.split() for line in text.splitlines() if line and not line.startswith("#")):
        members, places = found[kind] = {}, {}
        for word in words:
            argument, _, place = word.partition("=")
            if place or word[0] in "^-":
                places[argument.lstrip("^-")] = place or word[0]
                continue
            service, operation, *path = word.split(".")
            shape = SESSION.get_service_model(service).operation_model(operation).input_shape
            for name in path:
                shape = inside(shape.members[name])
            members |= members_of(shape) | members
    return found


def find(members, place):
    """(STRUCTURE.MEMBER, shape) of where an argument goes; KeyError if it is not there."""
    first, *path = place.split(".")
    label, shape = members[plain(first)]
    for name in path:
        structure = inside(shape)
        label, shape = f"{structure.name}.{name}", structure.members[name]
    return label, shape


def judge(schema, values, members, places, path=""):
    """(argument, what is wrong) for the values of a resource or block, as far as its schema lets one give them."""
    for argument in {*schema["required"], *schema["optional"], *schema["blocks"]} - (set() if path else ITS_OWN):
        value, name, block = values.get(argument), f"{path}{argument}", schema["blocks"].get(argument)
        place = places.get(name, argument.replace("tags_all", "tags"))
        if value in (None, "", [], {}) or place == "-" or argument == "tags_all" and "tags" not in members:
            continue
        try:
            label, shape = (name, None) if place == "^" else find(members, place)
        except KeyError:
            yield name, "models.txt does not say where it goes"
            continue
        if not block:
            yield from refused(name, label, shape, value)
            continue
        yield from outside(name, label, shape, value) if shape else ()
        for item in value:
            yield from judge(block, item, members_of(inside(shape)) if shape else members, places, f"{name}.")


def refused(name, label, shape, value):
    """(argument, what is wrong) for a value and what is in it."""
    if shape.type_name == "structure":
        for member, item in value.items():
            if member in shape.members:
                yield from refused(f"{name}.{member}", f"{shape.name}.{member}", shape.members[member], item)
            else:
                yield f"{name}.{member}", "AWS does not know it"
        return
    if shape.type_name == "list" and shape.member.type_name == "structure":
        value = json.loads(value) if isinstance(value, str) else value
        if isinstance(value, dict):  # Tags or dimensions: a name and a value each.
            value = [dict(zip(shape.member.members, pair)) for pair in value.items()]
    if shape.type_name == "list":
        yield from outside(name, label, shape, value)
        for item in value:
            yield from refused(name, label, shape.member, item)
    elif shape.type_name == "map":
        yield from outside(name, label, shape, value)
        for key, item in value.items():
            yield from outside(f"{name}.{key}", label, shape.key, key)
            yield from refused(f"{name}.{key}", label, shape.value, item)
    else:  # Several, where each goes into a structure of its own.
        for item in value if isinstance(value, list) else [value]:
            yield from outside(name, label, shape, item)


def outside(name, label, shape, value):
    """(argument, what is wrong) for a number, for a text and for how many are in a list or a map."""
    limits, said, text = shape.metadata, SAID.get(label), str(value)
    if shape.type_name == "boolean" or MADE_UP.match(text):
        return
    number = shape.type_name in ("integer", "long", "float", "double")
    size = float(value) if number else len(value if isinstance(value, (list, dict)) else text)
    if not limits.get("min", size) <= size <= limits.get("max", size):
        yield name, f"{text[:80]!r} is {size:g}, but should be {limits.get('min', 'any')} to {limits.get('max', 'any')}"
    # Java's classes, by what is nearest in Python's, which takes flags at the start only.
    pattern = limits.get("pattern", ".*").replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d")
    if shape.type_name == "string" and not re.fullmatch(pattern.replace("(?i)", ""), text, re.S):
        yield name, f"{text[:80]!r} does not match {pattern}"
    if getattr(shape, "enum", None) and text not in shape.enum:
        yield name, f"{text!r} is none of {', '.join(shape.enum)}"
    if said and not (re.fullmatch(said, text) if isinstance(said, str) else size in said):
        yield name, f"{text[:80]!r} is not what AWS says of {label}"


def resources(module):
    yield from (row for row in module.get("resources", []) if row["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from resources(child)


def main():
    checker, *plans = map(Path, sys.argv[1:])
    schema, table = json.loads(gzip.open(checker.parent / "tfschema/schema-all.json.gz").read())["resource"], rows()
    judged, findings = 0, set()
    for plan in plans:
        for row in resources(json.loads(plan.read_text())["planned_values"]["root_module"]):
            kind, values, where = row["type"], row["values"], f"{plan.stem}: {row['address']}"
            judged += 1
            if kind not in table:
                findings.add(f"{where}: models.txt has no row for {kind}")
                continue
            findings |= {f"{where}: {name}: {what}" for name, what in judge(schema[kind], values, *table[kind])}
            if kind in TOGETHER and not TOGETHER[kind](values):
                findings.add(f"{where}: this is not so: {TOGETHER[kind].__doc__}")
    print(*sorted(findings), f"the values of {judged} resources were judged by AWS's models", sep="\n")
    sys.exit(bool(findings) or judged < 300)


if __name__ == "__main__":
    main()
