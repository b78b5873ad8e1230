#!/usr/bin/env python3
"""What the project asks of its Terraform beside the checker's own scenarios, on the same stand-in provider.

    scenarios.py CHECKER [--only NAME]     each scenario: ok, or FAILED with the reason
    scenarios.py CHECKER --plans FOLDER    writes CASE-COMPONENT.json, what `terraform show -json` says of
                                           a component once it is applied, for tests/infrastructure and models.py

CHECKER is the folder with check.py, iam.py and provider.py; run this with their virtual environment.
"""
import argparse
import fnmatch
import json
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("checker", type=Path)
options.add_argument("--only", default="*", metavar="NAME")
options.add_argument("--plans", type=Path, metavar="FOLDER")
options = options.parse_args()
sys.path.insert(0, str(options.checker))

import check  # noqa: E402
import iam  # noqa: E402
import provider  # noqa: E402
from check import CASES, COMPONENTS, DEV, Failed, report  # noqa: E402

NAMED = {"domain_name": "grafana.example.org", "hosted_zone_name": "example.org"}
BALANCED = DEV | NAMED | {"access": "load_balancer", "allowed_cidrs": ["203.0.113.0/24"]}
CASES["balanced"] = {"grafana": BALANCED}
CASES["named"] = {"grafana": DEV | NAMED}
# Environments are names.
CASES["staging"] = {component: settings | {"environment": "staging"} for component, settings in CASES["dev"].items()}
# The longest names that there can be, with what the other cases do without.
LONGEST = {"environment": "longestone", "region": "ap-southeast-1"}
CASES["longest"] = {"data": LONGEST, "api": CASES["prod"]["api"] | LONGEST, "grafana": BALANCED | LONGEST}


def refuses(component, change, *words, found=None):
    """A plan that stops, with these words in its message; `found` is what data sources find instead."""
    def scenario(checker, name):
        workspace = checker.case("dev", "data").copy(name)
        before = {kind: provider.FACTS[kind]["found"] for kind in found or {}}
        for kind, values in (found or {}).items():
            provider.FACTS[kind]["found"] = before[kind] | values
        try:
            workspace.plan(component, CASES["dev"][component] | change)
        except Failed as refusal:
            missing = [word for word in words if word not in str(refusal)]
            if missing:
                raise Failed(f"does not say {missing}: {refusal}") from None
        else:
            raise Failed("it was planned")
        finally:
            for kind, values in before.items():
                provider.FACTS[kind]["found"] = values
    return scenario


def removes_a_recipient(checker, name):
    """One address fewer is one subscription fewer, and nothing else."""
    workspace = checker.case("dev", "api").copy(name)
    two = CASES["dev"]["api"] | {"page_emails": ["a@example.org", "b@example.org"]}
    workspace.deploy("api", two)
    done = workspace.deploy("api", two | {"page_emails": ["a@example.org"]})
    if done != ["delete aws_sns_topic_subscription"]:
        raise Failed(f"did {', '.join(done)}")


def refused_destroy_keeps_everything(checker, name):
    """Protected tables refuse, and the parameter that the API reads is still there."""
    workspace = checker.case("dev", "data").copy(name)
    before = dict(workspace.account.resources)
    try:
        workspace.plan("data", CASES["dev"]["data"], "-destroy")
        workspace.apply("data")
    except Failed:
        pass
    else:
        raise Failed("the tables are gone")
    if workspace.account.resources != before:
        raise Failed(f"{set(before) - set(workspace.account.resources)} is gone")


def by_hand_then_by_the_workflow(checker, name):
    """An administrator makes it without a boundary; the workflow's plan adds the boundary to the roles."""
    for component in ("api", "grafana"):
        workspace = checker.case("dev", component).copy(f"{name}-{component}")
        nobody = workspace.folder / "nobody.tfvars"
        nobody.write_text("permissions_boundary = null\n")
        if not workspace.plan(component, CASES["dev"][component], f"-var-file={nobody}"):
            raise Failed(f"{component}: no role had a boundary")
        workspace.apply(component)
        done = workspace.deploy(component, CASES["dev"][component])
        if set(done) != {"update aws_iam_role"}:
            raise Failed(f"{component}: did {', '.join(done)}")


def a_canary(checker, name):
    """A new version gets its share beside the live one, all once it is live, and none while it is held."""
    workspace = checker.case("dev", "api").copy(name)

    def alias(live, held, package=None):
        if package:
            workspace.package(check.FUNCTIONS[0], package)
        versions = {"run-api": {"version": live, "held": held}, "sensor-api": {"version": "1", "held": None}}
        workspace.deploy("api", CASES["dev"]["api"] | {"live": versions})
        found = next(row for row in workspace.account.of("aws_lambda_alias") if row["function_name"].endswith("run-api"))
        return found["function_version"], {k: float(v) for block in found["routing_config"] for k, v in block["additional_version_weights"].items()}

    for given, expected in [(("1", None, "second"), ("1", {"2": 0.1})), (("2", None), ("2", {})), (("1", "2"), ("1", {})),
                            (("1", "2", "third"), ("1", {"3": 0.1}))]:
        if alias(*given) != expected:
            raise Failed(f"{given} gives {alias(*given)}, not {expected}")


def destroys_without_data(checker, name):
    """The API goes away although the tables went first."""
    workspace = checker.case("dev", "api").copy(name)
    kind = "data.aws_ssm_parameters_by_path"
    before = provider.FACTS[kind]["found"]
    provider.FACTS[kind]["found"] = before | {"names": [], "values": []}
    try:
        workspace.plan("api", CASES["dev"]["api"], "-destroy")
        workspace.apply("api")
    finally:
        provider.FACTS[kind]["found"] = before
    if workspace.account.of("aws_lambda_function"):
        raise Failed("a function is left")


def roles_for_every_choice(checker, name):
    """The roles suffice as well for what is off by default: a key of one's own, backups, webhooks, a heartbeat."""
    template = iam.Template(PROJECT / "infra/aws/bootstrap/template.yaml", {"KmsKeyArn": KEY["kms_key_arn"]})
    before = dict(CASES)
    CASES["dev"] = {"data": DEV | KEY | VAULT, "api": DEV, "grafana": DEV | KEY}
    CASES["prod"] = {"api": before["prod"]["api"] | KEY | TOLD}
    try:
        wrong = [*iam.legal(template), *iam.calls(template, PROJECT)]
    finally:
        CASES.update(before)
    if wrong:
        raise Failed("; ".join(wrong[:3]))


def within_the_boundary(checker, name):
    """What the roles of functions, tasks and backups are given, the boundary lets them do: else it would be denied
    where the workflow deploys, and only there."""
    template = iam.Template(PROJECT / "infra/aws/bootstrap/template.yaml", {"KmsKeyArn": KEY["kms_key_arn"]})
    boundary = template.policies()[template.reference("Boundary")]
    workspace = checker.nothing().copy(name)
    denied, seen = set(), 0
    for access in ("tunnel", "https"):
        for component in COMPONENTS:
            settings = DEV | KEY | {"data": VAULT, "api": {"authentication": "anonymous"}, "grafana": {"access": access}}[component]
            workspace.deploy(component, settings)
        for policy in workspace.account.of("aws_iam_role_policy"):
            for statement in json.loads(policy["policy"])["statement"]:
                for action in statement["actions"]:
                    for resource in statement["resources"]:
                        seen += 1
                        if not iam.allowed(boundary, action, resource, {}):
                            denied.add(f"{policy['role']}: {action} on {resource}")
    if denied or seen < 50:
        raise Failed(f"of {seen} rights, {'; '.join(sorted(denied)[:4])}")


def within_the_quotas(checker, name):
    """CloudFormation takes the bootstrap template as a body and IAM its policies, with the longest names."""
    path = PROJECT / "infra/aws/bootstrap/template.yaml"
    owner, repository = "o" * 39, "r" * 100
    template = iam.Template(path, {
        "Environment": LONGEST["environment"], "Repository": f"{owner}/{repository}",
        "RepositoryWithIds": f"{owner}@{10**9}/{repository}@{10**10}", "HostedZoneId": "Z" + "0" * 31,
        "KmsKeyArn": f"arn:aws-us-gov:kms:{LONGEST['region']}:{'9' * 12}:key/mrk-{'0' * 32}"})
    template.values |= {"AWS::Region": LONGEST["region"], "AWS::Partition": "aws-us-gov"}

    def characters(*policies):
        return len("".join(json.dumps(template.resolve(policy), separators=(",", ":")) for policy in policies).replace(" ", ""))

    # CreateChangeSet's TemplateBody; IAM and AWS STS quotas, which no white space counts for.
    sizes = [("the template", path.stat().st_size, 51_200)]
    for logical, body in template.raw.items():
        properties = body.get("Properties", {})
        if body["Type"] == "AWS::IAM::ManagedPolicy":
            sizes.append((logical, characters(properties["PolicyDocument"]), 6_144))
        if body["Type"] == "AWS::IAM::Role":
            sizes.append((f"the trust of {logical}", characters(properties["AssumeRolePolicyDocument"]), 2_048))
            sizes.append((logical, characters(*(policy["PolicyDocument"] for policy in properties["Policies"])), 10_240))
    wrong = [f"{what} has {size} of {most}" for what, size, most in sizes if size > most]
    if wrong or len(sizes) < 10:
        raise Failed("; ".join(wrong) or "too few policies were found")


def moves(change, gone):
    return check.toggles("dev", "grafana", change, gone=gone)


def opens_on_its_own(checker, name):
    """Every dashboard of prod's Grafana has prod as its first choice, and is the rendered file otherwise."""
    boards = {row["key"]: row["content"] for row in checker.case("prod", "grafana").account.of("aws_s3_object")
              if row["key"].startswith("dashboards/")}
    for rendered in sorted((PROJECT / "infra/rendered/grafana/cloudwatch").glob("*.json")):
        expected = json.loads(rendered.read_text())
        next(one for one in expected["templating"]["list"] if one["name"] == "environment")["query"] = "prod"
        if json.loads(boards.pop(f"dashboards/{rendered.name}")) != expected:
            raise Failed(f"{rendered.name} opens elsewhere, or is another dashboard")
    if boards:
        raise Failed(f"there are dashboards that nobody rendered: {list(boards)}")


def tests(component):
    """`terraform test`, as CI runs it with the real provider."""
    return lambda checker, name: checker.nothing().terraform(component, "test", "-no-color")


def a_pager(checker, name):
    """A pager instead of mail will do for prod, and goes away again."""
    workspace = checker.case("dev", "api").copy(name)
    alone = CASES["dev"]["api"] | {"alarm_profile": "prod", "page_emails": [], "ticket_emails": []}
    workspace.deploy("api", alone | {"page_webhooks": {"pager": "https://events.example.org/key"}})
    protocols = [row["protocol"] for row in workspace.account.of("aws_sns_topic_subscription")]
    if protocols != ["https"]:
        raise Failed(f"subscribes by {protocols}")


KEY = {"kms_key_arn": f"arn:aws:kms:eu-west-3:{provider.GLOBALS['account']}:key/1234abcd"}
VAULT = {"backup_vault_arn": f"arn:aws:backup:eu-west-3:{'9' * 12}:backup-vault:sentori"}
TOLD = {"page_webhooks": {"pager": "https://events.example.org/key"}, "ticket_webhooks": {"pager": "https://chat.example.org/key"},
        "heartbeat_url": "https://monitor.example.org/ping"}
QUOTA = "data.aws_servicequotas_service_quota"
OWN = {
    **{f"test-{component}": tests(component) for component in COMPONENTS},
    "balanced-grafana": check.from_nothing("balanced", "grafana"),
    "named-grafana": check.from_nothing("named", "grafana"),
    "https-balanced-https": moves(BALANCED, ("aws_apigatewayv2_vpc_link", "aws_service_discovery_service")),
    "https-tunnel-https": moves(DEV | {"access": "tunnel"}, ("aws_apigatewayv2_api", "aws_service_discovery_service")),
    "https-name-https": moves(DEV | NAMED, ()),
    "opens-on-its-own": opens_on_its_own,
    "a-recipient-leaves": removes_a_recipient,
    "a-pager": a_pager,
    "a-refused-destroy": refused_destroy_keeps_everything,
    "by-hand-then-workflow": by_hand_then_by_the_workflow,
    "a-canary": a_canary,
    **{f"own-key-{component}": check.toggles("dev", component, KEY) for component in COMPONENTS},
    "backup-data": check.toggles("dev", "data", VAULT, gone=()),
    "told-api": check.toggles("dev", "api", TOLD),
    "roles-for-every-choice": roles_for_every_choice,
    "within-the-boundary": within_the_boundary,
    "within-the-quotas": within_the_quotas,
    "destroy-api-last": destroys_without_data,
    "no-data-yet": refuses("api", {}, "stack data plan dev", found={"data.aws_ssm_parameters_by_path": {"names": [], "values": []}}),
    "a-new-account": refuses("api", {"reserve_concurrency": True}, "quota", "10", "reserve_concurrency", found={QUOTA: {"value": 10}}),
    "no-recipient": refuses("api", {"alarm_profile": "prod", "page_emails": []}, "page_emails"),
}


def plans(checker, folder):
    """Writes what Terraform says of three cases; a second plan, so that everything is known."""
    folder.mkdir(parents=True, exist_ok=True)
    provider.LATE.clear()  # Whether the order is right is what the scenarios are for.
    # No defaults, so that a setting that does not arrive is seen. Memory and time-out are priced and alarmed.
    CASES["prod"]["data"] |= KEY | VAULT | {"point_in_time_recovery_days": 20, "backup_days": 100}
    CASES["prod"]["api"] |= KEY | TOLD | {
        "reserve_concurrency": True, "allowed_origins": ["https://app.example.org", "http://localhost:4200"],
        "grafana_url": "https://grafana.example.org", "jwt_user_claim": "sub", "jwt_interrupt_scope": "runs/interrupt",
        "max_concurrent_runs": 7, "lease_grace_seconds": 90, "log_retention_days": 90, "monthly_budget_usd": 120,
        "trace_sampling_rates": {"run-api": 0.25, "sensor-api": 0.125}, "lambda_concurrency": 3000}
    CASES["prod"]["grafana"] |= KEY | {"cpu": 512, "memory_mb": 2048, "log_retention_days": 90}
    for case in ("staging", "prod", "longest"):
        for component in COMPONENTS:
            workspace = checker.case(case, component)
            shown = workspace.terraform(component, "show", "-json", "check.tfplan").stdout
            (folder / f"{case}-{component}.json").write_text(shown)


def main():
    results = []
    with tempfile.TemporaryDirectory() as folder:
        checker = check.Check(PROJECT, folder)
        if options.plans:
            plans(checker, options.plans)
        for name in [] if options.plans else fnmatch.filter(OWN, options.only):
            wrong = None
            try:
                OWN[name](checker, name)
            except Failed as failed:
                wrong = str(failed)
            results.append((name, wrong))
            report(results[-1:])
        checker.server.stop(None)
    sys.exit(any(wrong for _, wrong in results))


if __name__ == "__main__":
    main()
