variable "prefix" {
  description = "Prefix of every name, with the environment in it."
  type        = string
}

variable "environment" {
  description = "Environment, part of the source that deployments carry."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the events are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts the log; null for the one that AWS manages."
  type        = string
  default     = null
}
