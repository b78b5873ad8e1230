variable "name" {
  description = "Name of the schedule, with the environment in it."
  type        = string
}

variable "role_suffix" {
  description = "Appended to the name for the role: roles are global, schedules are not."
  type        = string
}

variable "function_arn" {
  description = "ARN of the alias to invoke."
  type        = string
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what a role may do; null for none."
  type        = string
}
