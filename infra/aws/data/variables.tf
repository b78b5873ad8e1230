variable "environment" {
  description = "Environment, for example dev or prod: part of every name, so several can share an account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.environment))
    error_message = "environment must be 2 to 10 lower-case letters and digits, starting with a letter."
  }
}

variable "region" {
  description = "AWS region, for example eu-west-3. Use the same one for all three components."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region code such as eu-west-3."
  }
}

variable "max_readings_per_second" {
  description = "The most readings per second wanted. Caps the writes of SensorData, and through SSM the API's throttling and reserved concurrency. docs/cost.md says what it costs at worst."
  type        = number
  default     = 50

  validation {
    condition     = var.max_readings_per_second >= 1 && var.max_readings_per_second <= 10000 && floor(var.max_readings_per_second) == var.max_readings_per_second
    error_message = "max_readings_per_second must be a whole number from 1 to 10000; docs/scale.md says what must change above that."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the tables. Set false and apply before a wanted destroy."
  type        = bool
  default     = true
}

variable "point_in_time_recovery_days" {
  description = "Days back to which a table can be restored."
  type        = number
  default     = 35

  validation {
    condition     = var.point_in_time_recovery_days >= 1 && var.point_in_time_recovery_days <= 35
    error_message = "point_in_time_recovery_days must be from 1 to 35."
  }
}

variable "backup_vault_arn" {
  description = "Vault of AWS Backup in another account that gets a copy of both tables every month; null for none. docs/restore.md says what must be there first, docs/cost.md what it costs."
  type        = string
  default     = null

  validation {
    condition     = var.backup_vault_arn == null || can(regex("^arn:[a-z-]+:backup:[a-z0-9-]+:[0-9]{12}:backup-vault:.+$", var.backup_vault_arn))
    error_message = "backup_vault_arn must be the ARN of a vault, such as arn:aws:backup:eu-west-3:ACCOUNT:backup-vault:sentori."
  }
}

variable "backup_days" {
  description = "Days that such a copy is kept."
  type        = number
  default     = 400

  validation {
    condition     = var.backup_days >= 31 && var.backup_days <= 36500
    error_message = "backup_days must be at least 31, so that there is always a copy, and at most 36500."
  }
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts the tables and their backups, $1 a month for all components together; null for the keys that AWS manages. docs/deploy.md has the policy that it needs."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:.+:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not of an alias."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the roles made here. The deploy role of scripts/bootstrap may make no others; null when an administrator applies."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::.+:policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary must be the ARN of a policy."
  }
}
