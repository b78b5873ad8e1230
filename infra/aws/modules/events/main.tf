# What happened, as log events that a dashboard can show over a graph: CloudWatch's alarms of this
# environment changing state, and deployments.

locals {
  rules = {
    alarm-states = {
      description = "Alarms of ${var.prefix} that change state"
      pattern = {
        source      = ["aws.cloudwatch"]
        detail-type = ["CloudWatch Alarm State Change"]
        detail      = { alarmName = [{ prefix = "${var.prefix}-" }] }
      }
    }
    # infra/aws/scripts/deployed sends these; its role may send no other source.
    deployments = {
      description = "Deployments of ${var.prefix}"
      pattern     = { source = ["sentori.${var.environment}"], detail-type = ["Deployment"] }
    }
  }
}

# EventBridge's own console wants the prefix /aws/events/.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts at rest; a customer-managed key is a choice, `kms_key_arn`.
  #checkov:skip=CKV_AWS_338:Retention is the deployer's choice: logs are paid by the GB and month.
  name              = "/aws/events/${var.prefix}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name          = "${var.prefix}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "log" {
  for_each = local.rules

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "log"
  arn       = aws_cloudwatch_log_group.this.arn

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}

# EventBridge writes to a log group by the group's leave, not by a role.
data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for rule in aws_cloudwatch_event_rule.this : rule.arn]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "${var.prefix}-events"
  policy_document = data.aws_iam_policy_document.write.json
}
