"""Creates the rendered alarms in moto's CloudWatch and lets `dashboards drift` compare.

Alarms as rendered show no drift; one changed by hand shows exactly its change. moto has no
composite alarms, so all of those, and nothing else, are not live. `dashboards verify` finds
the metric that was published and no other.

Usage: drift.py PATH_OF_DASHBOARDS, from the root of the repository, with moto[server]
"""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timezone

from botocore.session import Session

KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-west-3"}
os.environ.update(KEYS, AWS_DEFAULT_REGION=KEYS["AWS_REGION"])
NAMES = {
    "function_names": "sentori-dev-{}",
    "log_group_names": "/aws/lambda/sentori-dev-{}",
    "table_names": "sentori-dev-{}",
    "api_ids": "api123",
}


def resolve(value, resources):
    """Does what Terraform does with variables and references."""
    if isinstance(value, list):
        return [resolve(item, resources) for item in value]
    if isinstance(value, dict):
        return {key: resolve(item, resources) for key, item in value.items()}
    if not isinstance(value, str):
        return value

    def expression(match):
        text = match.group(1)
        if text == "var.environment":
            return "dev"
        if found := re.fullmatch(r'var\.(\w+)\["([^"]+)"\]', text):
            return NAMES[found.group(1)].format(found.group(2))
        return "arn:aws:sns:eu-west-3:123456789012:topic" if "topic" in text else "https://example.invalid"

    return re.sub(r"\$\{([^}]*)\}", expression, value)


def dimensions(values):
    return [{"Name": name, "Value": value} for name, value in values.items()]


def query(block):
    made = {"Id": block["id"], "ReturnData": block["return_data"]}
    if "expression" in block:
        return {**made, "Expression": block["expression"], "Label": block["label"]}
    metric = block["metric"]
    name = {"Namespace": metric["namespace"], "MetricName": metric["metric_name"]}
    stat = {"Metric": {**name, "Dimensions": dimensions(metric["dimensions"])}, "Period": metric["period"]}
    return {**made, "MetricStat": {**stat, "Stat": metric["stat"]}}


def parameters(alarm):
    """The parameters of PutMetricAlarm, as Terraform's provider sets them."""
    made = {
        "AlarmName": alarm["alarm_name"],
        "AlarmDescription": alarm["alarm_description"],
        "ActionsEnabled": True,
        "AlarmActions": alarm.get("alarm_actions", []),
        "OKActions": alarm.get("ok_actions", []),
        "ComparisonOperator": alarm["comparison_operator"],
        "Threshold": alarm["threshold"],
        "EvaluationPeriods": alarm["evaluation_periods"],
        "DatapointsToAlarm": alarm["datapoints_to_alarm"],
        "TreatMissingData": alarm["treat_missing_data"],
    }
    if policy := alarm.get("evaluate_low_sample_count_percentiles"):
        made["EvaluateLowSampleCountPercentile"] = policy
    if "metric_query" in alarm:
        return {**made, "Metrics": [query(block) for block in alarm["metric_query"]]}
    statistic = "Statistic" if "statistic" in alarm else "ExtendedStatistic"
    return {
        **made,
        "Namespace": alarm["namespace"],
        "MetricName": alarm["metric_name"],
        "Dimensions": dimensions(alarm["dimensions"]),
        "Period": alarm["period"],
        statistic: alarm.get("statistic") or alarm["extended_statistic"],
    }


@contextmanager
def bridged_moto():
    """moto in this process, and the bridge that lets the Rust SDK speak to it."""
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    url = f"http://{host}:{port}"
    script = os.path.join(os.path.dirname(__file__), "cbor_bridge.py")
    bridge = subprocess.Popen([sys.executable, script, url], stdout=subprocess.PIPE, text=True)
    try:
        yield url, f"http://127.0.0.1:{bridge.stdout.readline().strip()}"
    finally:
        bridge.terminate()
        moto.stop()


def main(dashboards):
    with open("infra/rendered/alarms/main.tf.json") as file:
        resources = json.load(file)["resource"]
    alarms = resolve(list(resources["aws_cloudwatch_metric_alarm"].values()), resources)
    composites = len(resources["aws_cloudwatch_composite_alarm"])

    with bridged_moto() as (moto, bridge):
        cloudwatch = Session().create_client("cloudwatch", endpoint_url=moto)

        def run(command):
            arguments = [dashboards, command, "--json", "--api-id", "api123", "--endpoint-url", bridge]
            done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True)
            assert done.returncode in (0, 1), f"{command} exited with {done.returncode}"
            return json.loads(done.stdout)

        for alarm in alarms:
            cloudwatch.put_metric_alarm(**parameters(alarm))
        drifts = run("drift")
        strange = [drift for drift in drifts if drift["kind"] != "not live"]
        assert not strange and len(drifts) == composites, strange or drifts

        changed = {**alarms[0], "threshold": 99.0}
        cloudwatch.put_metric_alarm(**parameters(changed))
        (drift,) = [drift for drift in run("drift") if drift["kind"] != "not live"]
        assert (drift["alarm"], drift["attribute"]) == (changed["alarm_name"], "threshold"), drift

        datum = {"MetricName": "run_started", "Timestamp": datetime.now(timezone.utc), "Value": 1.0}
        assert run("verify")["withData"] == 0
        cloudwatch.put_metric_data(Namespace="Sentori/dev", MetricData=[datum])
        assert run("verify")["withData"] == 1
    print(f"{len(alarms)} alarms as rendered show no drift, a changed one does")


main(sys.argv[1])
