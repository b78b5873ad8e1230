# A copy of the tables in another account, every month: point-in-time recovery does not help against somebody
# who owns this one. The vault over there belongs to whoever owns that account; docs/restore.md says what it
# and the organization must allow.

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

# What AWS's own policy for backups (AWSBackupServiceRolePolicyForBackup) allows, for these tables and vaults.
data "aws_iam_policy_document" "backup" {
  statement {
    sid       = "Tables"
    actions   = ["dynamodb:CreateBackup", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"]
    resources = var.table_arns
  }

  statement {
    sid       = "BackupsOfTables"
    actions   = ["dynamodb:DeleteBackup", "dynamodb:DescribeBackup"]
    resources = [for table in var.table_arns : "${table}/backup/*"]
  }

  statement {
    sid       = "Vaults"
    actions   = ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DescribeBackupVault"]
    resources = [aws_backup_vault.this.arn, var.copy_to]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "Key"
      actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-backup-${var.role_suffix}"
  description          = "Backs up the tables of ${var.name} and copies the backups."
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "this" {
  name   = "backup"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.backup.json
}

resource "aws_backup_vault" "this" {
  #checkov:skip=CKV_AWS_166:AWS Backup encrypts with a key that AWS manages; a customer-managed key is a choice, `kms_key_arn`.
  name        = "${var.name}-tables"
  kms_key_arn = var.kms_key_arn
}

resource "aws_backup_plan" "this" {
  name = "${var.name}-tables"

  rule {
    rule_name         = "monthly"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 4 1 * ? *)"

    # Here it is on its way only, since point-in-time recovery is nearer. A vault that holds nothing can go.
    lifecycle {
      delete_after = 3
    }

    copy_action {
      destination_vault_arn = var.copy_to

      lifecycle {
        delete_after = var.keep_days
      }
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = "${var.name}-tables"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this.arn
  resources    = var.table_arns

  depends_on = [aws_iam_role_policy.this]
}
