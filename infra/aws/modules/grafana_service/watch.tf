# A message for each task that died by itself, beside the alarms on its memory and its absence. It goes to the
# topic for tickets, which the api component makes; its name is the contract, and without it nobody is told.

locals {
  topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:${var.prefix}-ticket"
}

resource "aws_cloudwatch_event_rule" "stopped" {
  name        = "${var.prefix}-grafana-stopped"
  description = "Tasks of Grafana that died by themselves"

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn = [aws_ecs_cluster.this.arn]
      lastStatus = ["STOPPED"]
      "$or" = [
        { stopCode = ["EssentialContainerExited", "TaskFailedToStart"] },
        { stoppedReason = [{ prefix = "Task failed" }] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "stopped" {
  rule      = aws_cloudwatch_event_rule.stopped.name
  target_id = "ticket"
  arn       = local.topic_arn

  input_transformer {
    input_paths    = { at = "$.detail.stoppedAt", reason = "$.detail.stoppedReason" }
    input_template = "\"Grafana of ${var.prefix} stopped at <at>: <reason>. ECS starts another task. Logs: /ecs/${var.prefix}-grafana\""
  }
}
