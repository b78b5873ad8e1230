variable "name" {
  description = "Name of the function, with the environment in it."
  type        = string
}

variable "role_suffix" {
  description = "Appended to the function's name for its role: roles are global, functions are not."
  type        = string
}

variable "description" {
  description = "One line that the Lambda console shows."
  type        = string
}

variable "package" {
  description = "Path of the zip that holds `bootstrap`."
  type        = string
}

variable "policy" {
  description = "IAM policy document (JSON) with what the function may do to the tables."
  type        = string
}

variable "environment_variables" {
  description = "The function's environment: names and limits, never a secret."
  type        = map(string)
}

variable "memory_mb" {
  description = "Memory in MB; CPU grows with it."
  type        = number
}

variable "timeout_seconds" {
  description = "Seconds after which Lambda ends an invocation."
  type        = number
}

variable "reserved_concurrency" {
  description = "Most concurrent invocations; -1 reserves none."
  type        = number
}

variable "live" {
  description = "The version that callers get and one that was taken back; null before there is any."
  type        = object({ version = string, held = optional(string) })
}

variable "canary_share" {
  description = "Share of the requests that a new version gets at first; 0 for all of them."
  type        = number
}

variable "trace_sampling_rate" {
  description = "Share of invocations that the function traces; null leaves sampling to Lambda."
  type        = number
}

variable "log_retention_days" {
  description = "Days that log events are kept."
  type        = number
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what a role may do; null for none."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of your own that encrypts the logs; null for the one that AWS manages."
  type        = string
  default     = null
}
