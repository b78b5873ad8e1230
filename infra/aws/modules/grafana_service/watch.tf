# Who watches Grafana: an alarm on its memory, which also says that no task reports at all, and a message
# for each task that died by itself. Both go to the topic for tickets, which the api component makes; its
# name is the contract, and without it they reach nobody.

locals {
  topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:${var.prefix}-ticket"
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  count = var.enabled ? 1 : 0

  alarm_name        = "${var.prefix}-grafana-memory"
  alarm_description = "Ticket: Grafana's task fills its memory, or there has been none for 15 minutes. Logs: /ecs/${var.prefix}-grafana. More memory: memory_mb in grafana.tfvars, docs/deploy.md."

  namespace           = "AWS/ECS"
  metric_name         = "MemoryUtilization"
  dimensions          = { ClusterName = aws_ecs_cluster.this.name, ServiceName = aws_ecs_service.this[0].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  treat_missing_data  = "breaching"

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
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
