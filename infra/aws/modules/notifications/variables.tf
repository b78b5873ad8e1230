variable "prefix" {
  description = "Prefix of every name, with the environment in it."
  type        = string
}

variable "region" {
  description = "Region of the topics."
  type        = string
}

variable "environment" {
  description = "Environment, the value of the tag that a filtered budget looks for."
  type        = string
}

variable "heartbeat_url" {
  description = "Monitor outside of AWS that expects the heartbeat; null for none."
  type        = string
  default     = null
}

variable "emails" {
  description = "Addresses: those to wake, and those for what can wait, the budget included."
  type        = object({ page = set(string), ticket = set(string) })
}

variable "webhooks" {
  description = "HTTPS addresses by name, for the same."
  type        = object({ page = map(string), ticket = map(string) })
  sensitive   = true
}

variable "monthly_budget_usd" {
  description = "US dollars a month above which the budget notifies."
  type        = number
}

variable "budget_by_tag" {
  description = "Whether the budget counts only what carries the tag `Environment`."
  type        = bool
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts messages; null for the one that AWS manages."
  type        = string
  default     = null
}
